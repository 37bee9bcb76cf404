import pytest
from fastapi.testclient import TestClient

ADA = {"name": "ada", "password": "correct horse"}


@pytest.fixture
def signed_in(client: TestClient) -> TestClient:
    assert client.post("/accounts", json=ADA).status_code == 201
    reply = client.post("/sessions", json=ADA)
    assert reply.status_code == 201
    client.headers["Authorization"] = f"Bearer {reply.json()['token']}"
    return client


def test_who_signs_in_is_known(signed_in: TestClient) -> None:
    assert signed_in.get("/me").json() == {"name": "ada"}


@pytest.mark.parametrize("wrong", [{"password": "wrong horse!"}, {"name": "bob"}])
def test_what_does_not_belong_together(signed_in: TestClient, wrong: dict[str, str]) -> None:
    assert signed_in.post("/sessions", json=ADA | wrong).status_code == 401


def test_a_name_is_taken_once(signed_in: TestClient) -> None:
    assert signed_in.post("/accounts", json=ADA).status_code == 409


def test_passwords_that_are_too_short(client: TestClient) -> None:
    assert client.post("/accounts", json=ADA | {"password": "short"}).status_code == 422


def test_who_leaves_is_signed_out(signed_in: TestClient) -> None:
    assert signed_in.delete("/me").status_code == 204
    assert signed_in.get("/me").status_code == 401


def test_nobody_is_nobody(client: TestClient) -> None:
    assert client.get("/me", headers={"Authorization": ""}).status_code == 401
