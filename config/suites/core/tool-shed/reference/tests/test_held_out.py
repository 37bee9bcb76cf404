"""The same promises, in another street."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.dues import due_day, late_fee
from app.main import create_app
from app.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("held-out", str(tmp_path / "street.db")))) as client:
        client.headers["Authorization"] = "Bearer held-out"
        for number in range(1, 6):
            client.post("/tools", json={"name": f"tool {number}", "deposit": number * 500})
        yield client


def lend(client: TestClient, tool: int, member: str, day: str, days: int) -> str:
    sent = {"tool": tool, "member": member, "day": day, "days": days}
    return client.post("/loans", json=sent).json().get("due", "")


def test_c1_names_differ(client: TestClient) -> None:
    found = [client.post("/tools", json={"name": name, "deposit": 1}).status_code for name in ("Tool 5", "tool 6", "")]
    assert found == [409, 201, 422]


def test_c2_due_days(client: TestClient) -> None:
    assert lend(client, 1, "a", "2027-07-02", 2) == "2027-07-05"
    assert lend(client, 1, "b", "2027-07-02", 1) == ""
    assert lend(client, 2, "b", "2027-07-02", 1) == "2027-07-03"
    assert due_day(date(2027, 7, 2), 9) == date(2027, 7, 12)


def test_c3_the_fourth_tool(client: TestClient) -> None:
    found = [bool(lend(client, tool, "a", "2027-07-01", 3)) for tool in (1, 2, 3, 4)]
    assert found == [True, True, True, False]


def test_c4_a_member_who_owes(client: TestClient) -> None:
    lend(client, 2, "a", "2027-07-01", 1)
    assert client.post("/loans/1/return", json={"day": "2027-08-01"}).json() == {"id": 1, "fee": 1000}
    assert lend(client, 3, "a", "2027-08-01", 1) == ""
    assert lend(client, 3, "b", "2027-08-01", 1) == "2027-08-02"


def test_c5_fees() -> None:
    due = date(2027, 7, 5)
    assert [late_fee(due, date(2027, 7, day), 2500) for day in (1, 5, 6, 12, 13, 31)] == [0, 0, 150, 1050, 1350, 2500]


def test_c6_what_members_have(client: TestClient) -> None:
    lend(client, 5, "a", "2027-07-01", 5)
    lend(client, 4, "a", "2027-07-01", 5)
    assert client.post("/loans/1/return", json={"day": "2027-07-08"}).json()["fee"] == 300
    assert client.get("/members/a").json() == {"member": "a", "open": 1, "fees": 300}
    assert client.post("/loans/1/return", json={"day": "2027-07-08"}).status_code == 409
    assert client.post("/loans/2/return", json={"day": "2027-06-30"}).status_code == 409
    assert client.post("/loans/3/return", json={"day": "2027-07-08"}).status_code == 404


def test_c7_another_token(client: TestClient) -> None:
    client.headers["Authorization"] = "Bearer HELD-OUT"
    assert client.post("/tools", json={"name": "rake", "deposit": 1}).status_code == 401
    assert client.get("/members/a").status_code == 200
