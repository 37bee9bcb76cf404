from fastapi.testclient import TestClient


def test_pages_follow_each_other_without_gaps(client: TestClient) -> None:
    for number in range(5):
        sent = {"name": "Ada", "text": f"visit {number}"}
        assert client.post("/entries", json=sent, headers={"Authorization": ""}).status_code == 201
    first = client.get("/entries", params={"most": 2}).json()
    assert ([each["id"] for each in first["entries"]], first["next"]) == ([5, 4], 4)
    last = client.get("/entries", params={"most": 3, "before": 4}).json()
    assert ([each["id"] for each in last["entries"]], last["next"]) == ([3, 2, 1], None)


def test_only_who_may_takes_one_out(client: TestClient) -> None:
    client.post("/entries", json={"name": "Ada", "text": "hello"})
    assert client.delete("/entries/1", headers={"Authorization": "Bearer other"}).status_code == 401
    assert [client.delete("/entries/1").status_code for _ in range(2)] == [204, 404]


def test_an_empty_text_is_none(client: TestClient) -> None:
    assert client.post("/entries", json={"name": "Ada", "text": ""}).status_code == 422
    assert client.get("/entries", params={"most": 0}).status_code == 422
