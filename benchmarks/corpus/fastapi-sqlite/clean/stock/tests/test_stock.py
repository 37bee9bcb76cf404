import pytest
from fastapi.testclient import TestClient


def moved(client: TestClient, name: str, amount: int) -> int:
    return client.post(f"/articles/{name}/moves", json={"amount": amount}).status_code


def test_amounts_add_up(client: TestClient) -> None:
    assert [moved(client, "bolt", 10), moved(client, "nut", 3), moved(client, "bolt", -4)] == [201, 201, 201]
    assert client.get("/articles").json() == [{"name": "bolt", "amount": 6}, {"name": "nut", "amount": 3}]
    assert client.get("/articles", params={"least": 4}).json() == [{"name": "bolt", "amount": 6}]


def test_nobody_takes_more_than_there_is(client: TestClient) -> None:
    moved(client, "bolt", 5)
    assert [moved(client, "bolt", -6), moved(client, "bolt", -5), moved(client, "bolt", -1)] == [409, 201, 409]


@pytest.mark.parametrize(("name", "amount"), [("bolt", 0), ("bolt", 10_001), ("BOLT", 1)])
def test_what_is_no_move(client: TestClient, name: str, amount: int) -> None:
    assert moved(client, name, amount) == 422


def test_only_who_may_moves(client: TestClient) -> None:
    client.headers["Authorization"] = "Bearer other"
    assert moved(client, "bolt", 1) == 401
