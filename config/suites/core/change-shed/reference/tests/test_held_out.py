from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

TOKEN = {"Authorization": "Bearer held-out"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("held-out", str(tmp_path / "held.db")))) as client:
        client.post("/tools", json={"name": "drill", "copies": 4}, headers=TOKEN)
        client.post("/tools", json={"name": "level"}, headers=TOKEN)
        yield client


def lend(client: TestClient, tool: int, member: str, day: str) -> int:
    return client.post("/loans", json={"tool": tool, "member": member, "day": day}, headers=TOKEN).status_code


def back(client: TestClient, loan: int, day: str) -> tuple[int, object]:
    answer = client.post(f"/loans/{loan}/return", json={"day": day}, headers=TOKEN)
    return answer.status_code, answer.json().get("fee_cents")


def test_c1_what_is_free(client: TestClient) -> None:
    lend(client, 1, "Eve", "2026-01-01")
    lend(client, 1, "Eve", "2026-01-01")
    lend(client, 2, "Eve", "2026-01-01")
    assert [(each["name"], each["copies"], each["free"]) for each in client.get("/tools").json()] == [
        ("drill", 4, 2),
        ("level", 1, 0),
    ]


def test_c2_a_copy_that_is_back_is_lent_again(client: TestClient) -> None:
    assert [lend(client, 2, "Eve", "2026-01-01"), lend(client, 2, "Mo", "2026-01-02")] == [201, 409]
    assert back(client, 1, "2026-01-15") == (200, 0)
    assert lend(client, 2, "Mo", "2026-12-20") == 201
    assert client.get("/loans").json()[0]["due"] == "2027-01-03"
    assert lend(client, 3, "Mo", "2026-12-20") == 404


def test_c3_other_members_do_not_count(client: TestClient) -> None:
    assert [lend(client, 1, name, "2026-01-01") for name in ("Eve", "Eve", "Mo", "Eve")] == [201] * 4
    assert lend(client, 2, "Eve", "2026-01-01") == 409
    assert lend(client, 2, "Mo", "2026-01-01") == 201


def test_c4_the_most_is_five_euros(client: TestClient) -> None:
    for _ in range(3):
        lend(client, 1, "Eve", "2026-01-01")
    assert [back(client, 1, "2026-02-04"), back(client, 2, "2026-02-03"), back(client, 3, "2026-12-31")] == [
        (200, 500),
        (200, 475),
        (200, 500),
    ]
    assert back(client, 9, "2026-02-04")[0] == 404
    assert back(client, 1, "2026-02-05")[0] == 409


def test_c5_by_due_day_and_id(client: TestClient) -> None:
    for day in ("2026-01-09", "2026-01-02", "2026-01-09"):
        lend(client, 1, "Eve", day)
    assert [(each["id"], each["due"]) for each in client.get("/loans").json()] == [
        (2, "2026-01-16"),
        (1, "2026-01-23"),
        (3, "2026-01-23"),
    ]
    assert client.get("/loans", params={"member": "Mo"}).json() == []


def test_c6_a_wrong_token_changes_nothing(client: TestClient) -> None:
    wrong = {"Authorization": "Bearer other"}
    assert client.post("/loans", json={"tool": 1, "member": "A", "day": "2026-05-04"}, headers=wrong).status_code == 401
    lend(client, 1, "A", "2026-01-09")
    assert client.post("/loans/1/return", json={"day": "2026-05-04"}, headers=wrong).status_code == 401
    assert client.get("/tools").json()[0]["free"] == 3
