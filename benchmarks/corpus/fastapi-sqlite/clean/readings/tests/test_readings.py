import pytest
from fastapi.testclient import TestClient

READINGS = [{"at": 0, "value": 1.0}, {"at": 3599, "value": 2.0}, {"at": 3600, "value": 10.5}]


@pytest.fixture
def kept(client: TestClient) -> TestClient:
    assert client.post("/sensors/door/readings", json=READINGS).json() == 3
    return client


def test_hours_are_averaged(kept: TestClient) -> None:
    first, second = {"at": 0, "mean": 1.5, "count": 2}, {"at": 3600, "mean": 10.5, "count": 1}
    assert kept.get("/sensors/door/hours").json() == [first, second]
    assert kept.get("/sensors/door/hours", params={"begin": 3600}).json() == [second]
    assert kept.get("/sensors/door/hours", params={"end": 3600}).json() == [first]
    assert kept.get("/sensors/door/hours", params={"begin": 1, "end": 0}).status_code == 422


def test_what_comes_twice_is_kept_once(kept: TestClient) -> None:
    assert kept.post("/sensors/door/readings", json=[*READINGS, {"at": 9, "value": 0}]).json() == 1


def test_each_sensor_has_its_own(kept: TestClient) -> None:
    assert kept.get("/sensors/roof/hours").json() == []


def test_the_export(kept: TestClient) -> None:
    reply = kept.get("/sensors/door/readings.csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.text == "at,value\r\n0,1.0\r\n3599,2.0\r\n3600,10.5\r\n"


def test_only_who_may_sends(client: TestClient) -> None:
    assert client.post("/sensors/door/readings", json=READINGS, headers={"Authorization": ""}).status_code == 401
