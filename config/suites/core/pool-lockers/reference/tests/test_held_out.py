"""The same promises, on another day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("held-out", str(tmp_path / "pool.db")))) as client:
        client.headers["Authorization"] = "Bearer held-out"
        for number in (40, 30):
            client.post("/lockers", json={"number": number, "size": "small"})
        client.post("/lockers", json={"number": 10, "size": "large"})
        yield client


def rent(client: TestClient, guest: str, size: str, minute: int) -> int:
    return client.post("/rentals", json={"guest": guest, "size": size, "minute": minute}).json().get("locker", 0)


def test_c1_three_lockers(client: TestClient) -> None:
    assert [locker["number"] for locker in client.get("/lockers").json()] == [10, 30, 40]
    assert client.post("/lockers", json={"number": 30, "size": "small"}).status_code == 409


def test_c2_the_way_of_small_ones(client: TestClient) -> None:
    assert [rent(client, name, "small", 540) for name in "abcd"] == [30, 40, 10, 0]


def test_c3_a_third_locker(client: TestClient) -> None:
    assert [rent(client, "a", size, 540) for size in ("large", "small", "small")] == [10, 30, 0]
    assert rent(client, "b", "small", 540) == 40


def test_c4_back_and_out_again(client: TestClient) -> None:
    rent(client, "a", "large", 540)
    assert client.post("/rentals/1/return", json={"minute": 545}).json() == {"id": 1, "fee": 0}
    assert client.post("/rentals/1/return", json={"minute": 546}).status_code == 409
    assert client.post("/rentals/9/return", json={"minute": 546}).status_code == 404
    assert rent(client, "b", "large", 600) == 10


def test_c5_what_days_cost(client: TestClient) -> None:
    fees = []
    for size, end in (("small", 546), ("small", 601), ("large", 660), ("large", 661), ("small", 1439), ("large", 1439)):
        rent(client, "a", size, 540)
        fees.append(client.post(f"/rentals/{len(fees) + 1}/return", json={"minute": end}).json()["fee"])
    assert fees == [150, 210, 450, 550, 600, 1000]


def test_c6_another_token(client: TestClient) -> None:
    client.headers["Authorization"] = "Bearer Held-Out"
    assert client.post("/rentals", json={"guest": "a", "size": "small", "minute": 1}).status_code == 401
    assert client.get("/lockers").status_code == 200


def test_c7_no_minute_of_the_day(client: TestClient) -> None:
    assert client.post("/rentals", json={"guest": "a", "size": "small", "minute": 1440}).status_code == 422
    assert client.post("/rentals", json={"guest": "a", "size": "small"}).status_code == 422
