from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Speaks to a service of its own, and may change things."""
    with TestClient(create_app(Settings("of-the-tests", str(tmp_path / "test.db")))) as client:
        client.headers["Authorization"] = "Bearer of-the-tests"
        yield client
