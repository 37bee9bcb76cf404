from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.fees import due_day, late_cents
from app.main import create_app
from app.settings import Settings

TOKEN = {"Authorization": "Bearer of-the-tests"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("of-the-tests", str(tmp_path / "test.db")))) as client:
        for name, copies in (("saw", 2), ("axe", 9)):
            client.post("/tools", json={"name": name, "copies": copies}, headers=TOKEN)
        yield client


def lend(client: TestClient, tool: int, member: str, day: str = "2026-05-04") -> int:
    return client.post("/loans", json={"tool": tool, "member": member, "day": day}, headers=TOKEN).status_code


def back(client: TestClient, loan: int, day: str) -> tuple[int, object]:
    answer = client.post(f"/loans/{loan}/return", json={"day": day}, headers=TOKEN)
    return answer.status_code, answer.json().get("fee_cents")


def test_c1_copies_are_counted(client: TestClient) -> None:
    assert client.post("/tools", json={"name": "rake"}, headers=TOKEN).json() == {"id": 3, "name": "rake", "copies": 1, "free": 1}
    lend(client, 1, "Ada")
    assert [(each["copies"], each["free"]) for each in client.get("/tools").json()] == [(2, 1), (9, 9), (1, 1)]
    codes = [client.post("/tools", json={"name": f"x{n}", "copies": n}, headers=TOKEN).status_code for n in (0, 1, 20, 21)]
    assert codes == [422, 201, 201, 422]


def test_c2_a_loan_is_due_in_14_days(client: TestClient) -> None:
    answer = client.post("/loans", json={"tool": 1, "member": "Ada", "day": "2026-05-20"}, headers=TOKEN)
    assert answer.status_code == 201
    assert answer.json() == {"id": 1, "tool": 1, "member": "Ada", "day": "2026-05-20", "due": "2026-06-03"}
    assert [lend(client, tool, name) for tool, name in ((1, "Bo"), (1, "Cy"), (7, "Cy"), (2, ""))] == [201, 409, 404, 422]
    assert due_day(date(2026, 2, 20)) == date(2026, 3, 6)


def test_c3_three_loans_are_enough(client: TestClient) -> None:
    assert [lend(client, 2, "Ada") for _ in range(4)] == [201, 201, 201, 409]
    assert lend(client, 2, "Bo") == 201
    back(client, 1, "2026-05-05")
    assert lend(client, 2, "Ada") == 201


def test_c4_late_days_cost(client: TestClient) -> None:
    assert [late_cents(date(2026, 5, 18), date(2026, 5, day)) for day in (4, 18, 19, 20)] == [0, 0, 25, 50]
    assert [late_cents(date(2026, 5, 18), date(2026, 6, day)) for day in (6, 7, 8)] == [475, 500, 500]
    lend(client, 1, "Ada")
    assert [back(client, 1, "2026-05-03"), back(client, 1, "2026-05-20"), back(client, 1, "2026-05-20")] == [
        (422, None),
        (200, 50),
        (409, None),
    ]
    assert back(client, 2, "2026-05-20") == (404, None)
    assert client.get("/tools").json()[0]["free"] == 2


def test_c5_open_loans_are_listed(client: TestClient) -> None:
    for member, day in (("Ada", "2026-05-09"), ("Bo", "2026-05-04"), ("Ada", "2026-05-04")):
        lend(client, 2, member, day)
    assert [each["id"] for each in client.get("/loans").json()] == [2, 3, 1]
    assert [each["id"] for each in client.get("/loans?member=Ada").json()] == [3, 1]
    back(client, 3, "2026-05-04")
    assert [each["id"] for each in client.get("/loans").json()] == [2, 1]


def test_c6_the_token_is_needed(client: TestClient) -> None:
    assert client.post("/loans", json={"tool": 1, "member": "Ada", "day": "2026-05-04"}).status_code == 401
    lend(client, 1, "Ada")
    assert client.post("/loans/1/return", json={"day": "2026-05-04"}).status_code == 401
    assert len(client.get("/loans").json()) == 1
