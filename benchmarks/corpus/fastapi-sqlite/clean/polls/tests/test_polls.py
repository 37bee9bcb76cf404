import pytest
from fastapi.testclient import TestClient

POLL = {"question": "Tea or coffee?", "choices": ["tea", "coffee"]}


@pytest.fixture
def poll(client: TestClient) -> str:
    return f"/polls/{client.post('/polls', json=POLL).json()['id']}"


def test_votes_are_counted(client: TestClient, poll: str) -> None:
    for voter, choice in (("Ada", 1), ("Bo", 0), ("Cy", 1)):
        assert client.post(f"{poll}/votes", json={"voter": voter, "choice": choice}).status_code == 200
    assert client.get(poll).json() == {
        "id": 1, "question": "Tea or coffee?",
        "results": [{"text": "tea", "votes": 1}, {"text": "coffee", "votes": 2}],
    }  # fmt: skip


def test_everybody_has_one_vote(client: TestClient, poll: str) -> None:
    votes = [{"voter": "Ada", "choice": choice} for choice in (0, 1)]
    assert [client.post(f"{poll}/votes", json=vote).status_code for vote in votes] == [200, 409]


def test_what_is_no_choice(client: TestClient, poll: str) -> None:
    assert client.post(f"{poll}/votes", json={"voter": "Ada", "choice": 2}).status_code == 422
    assert client.post("/polls/9/votes", json={"voter": "Ada", "choice": 0}).status_code == 404
    assert client.post("/polls", json=POLL | {"choices": ["tea"]}).status_code == 422


def test_only_who_may_begins_one(client: TestClient) -> None:
    assert client.post("/polls", json=POLL, headers={"Authorization": "Bearer x"}).status_code == 401
