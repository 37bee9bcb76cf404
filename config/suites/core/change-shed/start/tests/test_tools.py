"""What the service promises to who speaks HTTP to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

TOKEN = {"Authorization": "Bearer of-the-tests"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings("of-the-tests", str(tmp_path / "test.db")))) as client:
        yield client


def test_what_was_added_is_listed_in_order(client: TestClient) -> None:
    added = [client.post("/tools", json={"name": name}, headers=TOKEN) for name in ("saw", "axe")]
    assert [each.status_code for each in added] == [201, 201]
    assert [each["name"] for each in client.get("/tools").json()] == ["saw", "axe"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Basic of-the-tests"}])
def test_without_the_token_nothing_is_added(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/tools", json={"name": "saw"}, headers=headers).status_code == 401
    assert client.get("/tools").json() == []


def test_where_no_token_is_set_nobody_adds(tmp_path: Path) -> None:
    with TestClient(create_app(Settings("", str(tmp_path / "test.db")))) as client:
        assert client.post("/tools", json={"name": "saw"}, headers={"Authorization": "Bearer "}).status_code == 401


def test_a_name_is_there_once_and_is_not_empty(client: TestClient) -> None:
    sent = ["saw", "saw", ""]
    codes = [client.post("/tools", json={"name": name}, headers=TOKEN).status_code for name in sent]
    assert codes == [201, 409, 422]
    assert [each["name"] for each in client.get("/tools").json()] == ["saw"]
