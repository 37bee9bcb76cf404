"""What those who are let in can do."""

from fastapi.testclient import TestClient

from app.authorisation import authorised
from app.main import create_app
from app.settings import Settings


def test_who_is_let_in_adds() -> None:
    app = create_app(Settings("", ":memory:"))
    app.dependency_overrides[authorised] = lambda: None
    assert TestClient(app).get("/nothing").status_code == 404
