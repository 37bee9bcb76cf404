from fastapi.testclient import TestClient

DOCS = {"target": "https://example.org/docs"}


def test_a_name_leads_on_and_counts(client: TestClient) -> None:
    client.put("/links/docs", json=DOCS)
    client.put("/links/about", json={"target": "https://example.org/about"})
    reply = client.get("/to/docs", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (307, "https://example.org/docs")
    assert [(each["name"], each["visits"]) for each in client.get("/links").json()] == [("docs", 1), ("about", 0)]


def test_a_name_can_lead_elsewhere(client: TestClient) -> None:
    client.put("/links/docs", json=DOCS)
    client.get("/to/docs", follow_redirects=False)
    assert client.put("/links/docs", json={"target": "https://example.com/"}).json() == {
        "name": "docs", "target": "https://example.com/", "visits": 1,
    }  # fmt: skip


def test_what_is_not_there_and_what_is_no_name(client: TestClient) -> None:
    assert client.get("/to/nowhere", follow_redirects=False).status_code == 404
    assert client.put("/links/NO", json=DOCS).status_code == 422
    assert client.put("/links/x", json={"target": "javascript:alert(1)"}).status_code == 422


def test_only_who_may_sets_one(client: TestClient) -> None:
    assert client.put("/links/docs", json=DOCS, headers={"Authorization": ""}).status_code == 401
