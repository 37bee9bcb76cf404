import pytest
from fastapi.testclient import TestClient

BYTES = {"Content-Type": "application/octet-stream"}


def test_what_was_kept_comes_back(client: TestClient) -> None:
    data = bytes(range(256))
    assert client.put("/documents/a.bin", content=data, headers=BYTES).status_code == 200
    assert client.get("/documents/a.bin").content == data
    assert [(each["name"], each["size"]) for each in client.get("/documents").json()] == [("a.bin", 256)]


def test_a_name_has_the_newest(client: TestClient) -> None:
    for text in (b"one", b"two"):
        client.put("/documents/a.txt", content=text, headers=BYTES)
    assert client.get("/documents/a.txt").content == b"two"


@pytest.mark.parametrize("name", [".hidden", "a b", "%2e%2e", "a" * 101])
def test_what_is_no_name(client: TestClient, name: str) -> None:
    assert client.put(f"/documents/{name}", content=b"x", headers=BYTES).status_code in (404, 405, 422)


def test_what_is_not_there(client: TestClient) -> None:
    assert client.get("/documents/nothing").status_code == 404


def test_only_who_may_keeps(client: TestClient) -> None:
    client.headers["Authorization"] = ""
    assert client.put("/documents/a.txt", content=b"x", headers=BYTES).status_code == 401
