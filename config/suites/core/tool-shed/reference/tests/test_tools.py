"""What the service promises to the street."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.dues import due_day, late_fee
from app.main import create_app
from app.settings import Settings

TOKEN = {"Authorization": "Bearer of-the-tests"}
MONDAY = date(2027, 3, 1)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("of-the-tests", str(tmp_path / "test.db")))) as client:
        for name in ("drill", "saw", "ladder", "tent"):
            client.post("/tools", json={"name": name, "deposit": 900}, headers=TOKEN)
        yield client


def lend(client: TestClient, tool: int, member: str = "Ada", day: str = "2027-03-01", days: int = 1) -> int:
    sent = {"tool": tool, "member": member, "day": day, "days": days}
    return client.post("/loans", json=sent, headers=TOKEN).status_code


def back(client: TestClient, loan: int, day: str) -> tuple[int, int]:
    answer = client.post(f"/loans/{loan}/return", json={"day": day}, headers=TOKEN)
    return answer.status_code, answer.json().get("fee", -1)


def test_c1_a_tool_is_added(client: TestClient) -> None:
    answer = client.post("/tools", json={"name": "x" * 60, "deposit": 50000}, headers=TOKEN)
    assert (answer.status_code, answer.json()) == (201, {"id": 5, "name": "x" * 60, "deposit": 50000})
    assert client.post("/tools", json={"name": "DRILL", "deposit": 0}, headers=TOKEN).status_code == 409
    assert client.post("/tools", json={"name": "rope", "deposit": 0}, headers=TOKEN).status_code == 201


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "x" * 61}, {"deposit": -1}, {"deposit": 50001}])
def test_c1_a_tool_out_of_the_limits_is_refused(client: TestClient, change: dict[str, object]) -> None:
    assert client.post("/tools", json={"name": "rope", "deposit": 5, **change}, headers=TOKEN).status_code == 422


def test_c2_a_tool_is_lent_once(client: TestClient) -> None:
    sent = {"tool": 2, "member": "Ada", "day": "2027-03-01", "days": 14}
    answer = client.post("/loans", json=sent, headers=TOKEN)
    assert (answer.status_code, answer.json()) == (201, {"id": 1, "due": "2027-03-15"})
    assert lend(client, 2, "Bob") == 409
    assert lend(client, 9) == 404
    assert back(client, 1, "2027-03-02") == (200, 0)
    assert lend(client, 2, "Bob") == 201


def test_c2_a_due_day_is_no_sunday() -> None:
    found = [(due_day(MONDAY, days) - MONDAY).days for days in range(1, 15)]
    assert found == [1, 2, 3, 4, 5, 7, 7, 8, 9, 10, 11, 12, 14, 14]


@pytest.mark.parametrize("change", [{"member": ""}, {"member": "x" * 41}, {"days": 0}, {"days": 15}, {"day": "2027-02-30"}])
def test_c2_a_loan_out_of_the_limits_is_refused(client: TestClient, change: dict[str, object]) -> None:
    good = {"tool": 1, "member": "x" * 40, "day": "2027-03-01", "days": 1}
    assert client.post("/loans", json={**good, **change}, headers=TOKEN).status_code == 422
    assert client.post("/loans", json=good, headers=TOKEN).status_code == 201


def test_c3_a_member_has_three_tools(client: TestClient) -> None:
    assert [lend(client, tool) for tool in (1, 2, 3, 4)] == [201, 201, 201, 409]
    assert lend(client, 4, "Bob") == 201
    back(client, 2, "2027-03-02")
    assert lend(client, 2) == 201


def test_c4_who_owes_a_thousand_gets_nothing(client: TestClient) -> None:
    client.post("/tools", json={"name": "mixer", "deposit": 100}, headers=TOKEN)
    lend(client, 1)
    assert back(client, 1, "2027-03-08") == (200, 900)
    assert lend(client, 5) == 201
    assert back(client, 2, "2027-03-03") == (200, 100)
    assert lend(client, 1) == 409
    assert lend(client, 1, "Bob") == 201


def test_c5_late_days_cost() -> None:
    found = [late_fee(MONDAY, MONDAY + timedelta(days=days), 5000) for days in (-3, 0, 1, 2, 6, 7, 8, 9, 30)]
    assert found == [0, 0, 150, 300, 900, 1050, 1350, 1650, 5000]


def test_c5_a_fee_is_at_most_the_deposit() -> None:
    assert [late_fee(MONDAY, MONDAY + timedelta(days=2), deposit) for deposit in (0, 299, 300, 301)] == [0, 299, 300, 300]


def test_c6_a_tool_comes_back_once(client: TestClient) -> None:
    lend(client, 1, "Ada", "2027-03-03", 2)
    assert back(client, 1, "2027-03-02") == (409, -1)
    assert back(client, 2, "2027-03-04") == (404, -1)
    assert client.get("/members/Ada").json() == {"member": "Ada", "open": 1, "fees": 0}
    assert back(client, 1, "2027-03-07") == (200, 300)
    assert back(client, 1, "2027-03-08") == (409, -1)
    assert lend(client, 2, "Ada", "2027-03-03", 2) == 201
    assert back(client, 2, "2027-03-03") == (200, 0)
    assert client.get("/members/Ada").json() == {"member": "Ada", "open": 0, "fees": 300}


def test_c6_somebody_unknown_has_nothing(client: TestClient) -> None:
    assert client.get("/members/Zoe").json() == {"member": "Zoe", "open": 0, "fees": 0}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Basic of-the-tests"}])
def test_c7_without_the_token_nothing_changes(client: TestClient, headers: dict[str, str]) -> None:
    lend(client, 1)
    sent = [
        client.post("/tools", json={"name": "rope", "deposit": 5}, headers=headers),
        client.post("/loans", json={"tool": 2, "member": "Ada", "day": "2027-03-01", "days": 1}, headers=headers),
        client.post("/loans/1/return", json={"day": "2027-03-02"}, headers=headers),
    ]
    assert [answer.status_code for answer in sent] == [401, 401, 401]
    assert client.get("/members/Ada").json()["open"] == 1


def test_c7_where_no_token_is_set_nobody_writes(tmp_path: Path) -> None:
    with TestClient(create_app(Settings("", str(tmp_path / "test.db")))) as client:
        sent = client.post("/tools", json={"name": "saw", "deposit": 5}, headers={"Authorization": "Bearer "})
        assert sent.status_code == 401
