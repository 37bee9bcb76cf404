"""What the service promises to the till."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.fees import fee_cents
from app.main import create_app
from app.settings import Settings

TOKEN = {"Authorization": "Bearer of-the-tests"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("of-the-tests", str(tmp_path / "test.db")))) as client:
        for number, size in ((12, "small"), (3, "small"), (20, "large"), (7, "large")):
            client.post("/lockers", json={"number": number, "size": size}, headers=TOKEN)
        yield client


def take(client: TestClient, guest: str, size: str, minute: int = 600) -> tuple[int, int]:
    answer = client.post("/rentals", json={"guest": guest, "size": size, "minute": minute}, headers=TOKEN)
    return answer.status_code, answer.json().get("locker", 0)


def give(client: TestClient, number: int, minute: int) -> tuple[int, int]:
    answer = client.post(f"/rentals/{number}/return", json={"minute": minute}, headers=TOKEN)
    return answer.status_code, answer.json().get("fee", -1)


def test_c1_lockers_are_listed_in_order(client: TestClient) -> None:
    take(client, "Ada", "large")
    assert client.get("/lockers").json() == [
        {"number": 3, "size": "small", "free": True},
        {"number": 7, "size": "large", "free": False},
        {"number": 12, "size": "small", "free": True},
        {"number": 20, "size": "large", "free": True},
    ]


def test_c1_a_number_is_there_once(client: TestClient) -> None:
    added = client.post("/lockers", json={"number": 999, "size": "small"}, headers=TOKEN)
    assert (added.status_code, added.json()) == (201, {"number": 999, "size": "small"})
    assert client.post("/lockers", json={"number": 999, "size": "large"}, headers=TOKEN).status_code == 409
    assert client.post("/lockers", json={"number": 1, "size": "large"}, headers=TOKEN).status_code == 201


def test_c2_the_lowest_number_is_handed_out(client: TestClient) -> None:
    answer = client.post("/rentals", json={"guest": "Ada", "size": "small", "minute": 0}, headers=TOKEN)
    assert answer.status_code == 201
    assert answer.json() == {"id": 1, "locker": 3, "guest": "Ada", "size": "small", "minute": 0}
    assert take(client, "Bob", "large") == (201, 7)


def test_c2_small_ones_become_large_ones(client: TestClient) -> None:
    found = [take(client, f"guest {number}", "small") for number in range(5)]
    assert found == [(201, 3), (201, 12), (201, 7), (201, 20), (409, 0)]
    assert give(client, 3, 700) == (200, 270)


def test_c2_large_ones_do_not_become_small_ones(client: TestClient) -> None:
    assert [take(client, f"guest {number}", "large") for number in range(3)] == [(201, 7), (201, 20), (409, 0)]


def test_c3_a_guest_has_two_at_most(client: TestClient) -> None:
    assert [take(client, "Ada", "small")[0] for _ in range(3)] == [201, 201, 409]
    assert take(client, "Bob", "large") == (201, 7)
    give(client, 1, 700)
    assert take(client, "Ada", "small") == (201, 3)


def test_c4_a_locker_comes_back_once(client: TestClient) -> None:
    take(client, "Ada", "small", 600)
    assert give(client, 1, 599) == (409, -1)
    assert give(client, 1, 600) == (200, 0)
    assert give(client, 1, 700) == (409, -1)
    assert give(client, 2, 700) == (404, -1)
    assert client.get("/lockers").json()[0]["free"] is True


def test_c5_fees_of_small_ones() -> None:
    found = [fee_cents("small", 100, 100 + minutes) for minutes in (0, 5, 6, 60, 61, 90, 91, 120, 240, 270, 271, 900)]
    assert found == [0, 0, 150, 150, 210, 210, 270, 270, 510, 570, 600, 600]


def test_c5_fees_of_large_ones() -> None:
    found = [fee_cents("large", 0, minutes) for minutes in (5, 6, 60, 61, 90, 91, 270, 271, 286, 315)]
    assert found == [0, 250, 250, 350, 350, 450, 950, 1000, 1000, 1000]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Basic of-the-tests"}])
def test_c6_without_the_token_nothing_changes(client: TestClient, headers: dict[str, str]) -> None:
    take(client, "Ada", "small")
    sent = [
        client.post("/lockers", json={"number": 5, "size": "small"}, headers=headers),
        client.post("/rentals", json={"guest": "Bob", "size": "small", "minute": 5}, headers=headers),
        client.post("/rentals/1/return", json={"minute": 700}, headers=headers),
    ]
    assert [answer.status_code for answer in sent] == [401, 401, 401]
    assert [locker["free"] for locker in client.get("/lockers").json()] == [False, True, True, True]


def test_c6_where_no_token_is_set_nobody_writes(tmp_path: Path) -> None:
    with TestClient(create_app(Settings("", str(tmp_path / "test.db")))) as client:
        sent = client.post("/lockers", json={"number": 5, "size": "small"}, headers={"Authorization": "Bearer "})
        assert sent.status_code == 401


@pytest.mark.parametrize("change", [{"number": 0}, {"number": 1000}, {"size": "medium"}])
def test_c7_a_locker_out_of_the_limits_is_refused(client: TestClient, change: dict[str, object]) -> None:
    assert client.post("/lockers", json={"number": 5, "size": "small", **change}, headers=TOKEN).status_code == 422
    assert len(client.get("/lockers").json()) == 4


@pytest.mark.parametrize("change", [{"guest": ""}, {"guest": "x" * 41}, {"size": "medium"}, {"minute": -1}, {"minute": 1440}])
def test_c7_a_rental_out_of_the_limits_is_refused(client: TestClient, change: dict[str, object]) -> None:
    good = {"guest": "x" * 40, "size": "small", "minute": 1439}
    assert client.post("/rentals", json={**good, **change}, headers=TOKEN).status_code == 422
    assert client.post("/rentals", json=good, headers=TOKEN).status_code == 201
    assert [give(client, 1, minute)[0] for minute in (-1, 1440, 1439)] == [422, 422, 200]
