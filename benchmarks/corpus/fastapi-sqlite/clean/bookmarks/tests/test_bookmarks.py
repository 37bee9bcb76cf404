from fastapi.testclient import TestClient

A = {"address": "https://example.org/a", "title": "Notes on SQL", "tags": ["work", "sql"]}
B = {"address": "https://example.org/b", "title": "Soup", "tags": []}


def test_they_are_found_by_tag_and_words(client: TestClient) -> None:
    assert [client.post("/bookmarks", json=each).status_code for each in (A, B)] == [201, 201]
    assert client.get("/bookmarks", params={"tag": "sql"}).json() == [{"id": 1, **A, "tags": ["sql", "work"]}]
    assert [each["id"] for each in client.get("/bookmarks", params={"words": "OU"}).json()] == [2]
    assert [each["id"] for each in client.get("/bookmarks").json()] == [2, 1]


def test_an_address_is_kept_once(client: TestClient) -> None:
    assert [client.post("/bookmarks", json=A).status_code for _ in range(2)] == [201, 409]


def test_what_is_no_address_is_refused(client: TestClient) -> None:
    assert client.post("/bookmarks", json=A | {"address": "javascript:alert(1)"}).status_code == 422


def test_removing_takes_its_tags_along(client: TestClient) -> None:
    client.post("/bookmarks", json=A)
    assert [client.delete("/bookmarks/1").status_code for _ in range(2)] == [204, 404]
    assert client.get("/bookmarks").json() == []


def test_without_the_token_nothing_changes(client: TestClient) -> None:
    assert client.post("/bookmarks", json=A, headers={"Authorization": ""}).status_code == 401
