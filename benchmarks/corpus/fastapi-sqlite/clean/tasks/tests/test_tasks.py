import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def three(client: TestClient) -> TestClient:
    for title, priority, due in (("a", 2, None), ("b", 1, "2024-05-01"), ("c", 5, "2024-04-01")):
        client.post("/tasks", json={"title": title, "priority": priority, "due": due})
    return client


def titles(client: TestClient, **params: str) -> str:
    return "".join(each["title"] for each in client.get("/tasks", params=params).json())


def test_they_are_ordered(three: TestClient) -> None:
    assert [titles(three), titles(three, order="due")] == ["bac", "cba"]
    assert three.get("/tasks", params={"order": "title; DROP TABLE tasks"}).status_code == 422


def test_what_is_left_out_stays(three: TestClient) -> None:
    assert three.patch("/tasks/2", json={"done": True}).json() == {
        "id": 2, "title": "b", "priority": 1, "due": "2024-05-01", "done": True,
    }  # fmt: skip
    assert [titles(three, done="true"), titles(three, done="false")] == ["b", "ac"]


def test_what_cannot_be_changed(three: TestClient) -> None:
    assert three.patch("/tasks/9", json={"done": True}).status_code == 404
    assert three.patch("/tasks/1", json={"priority": 6}).status_code == 422
    assert three.patch("/tasks/1", json={}, headers={"Authorization": ""}).status_code == 401


def test_a_task_is_of_middling_priority(client: TestClient) -> None:
    assert client.post("/tasks", json={"title": "a"}).json()["priority"] == 3
