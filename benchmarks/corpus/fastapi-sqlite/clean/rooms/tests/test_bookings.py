import pytest
from fastapi.testclient import TestClient


def booking(starts: str, ends: str, room: str = "A1") -> dict[str, str]:
    return {"room": room, "starts": f"2024-03-01T{starts}", "ends": f"2024-03-01T{ends}", "who": "Ada"}


def test_a_room_can_be_taken_when_another_one_leaves(client: TestClient) -> None:
    times = [("09:00Z", "10:00Z"), ("10:00Z", "11:00Z"), ("09:30Z", "09:45Z"), ("08:00Z", "12:00Z")]
    assert [client.post("/bookings", json=booking(*each)).status_code for each in times] == [201, 201, 409, 409]


def test_other_zones_are_other_times(client: TestClient) -> None:
    client.post("/bookings", json=booking("09:00Z", "10:00Z"))
    assert client.post("/bookings", json=booking("10:30+01:00", "11:30+01:00")).status_code == 409
    assert client.post("/bookings", json=booking("11:00+01:00", "11:30+01:00")).status_code == 201


def test_rooms_do_not_disturb_each_other(client: TestClient) -> None:
    for room in ("A1", "B2"):
        assert client.post("/bookings", json=booking("09:00Z", "10:00Z", room)).status_code == 201
    assert [each["room"] for each in client.get("/bookings", params={"room": "B2"}).json()] == ["B2"]


@pytest.mark.parametrize("ends", ["09:00Z", "08:00Z", "10:00"])
def test_what_is_no_time(client: TestClient, ends: str) -> None:
    assert client.post("/bookings", json=booking("09:00Z", ends)).status_code == 422


def test_a_cancelled_room_is_free(client: TestClient) -> None:
    client.post("/bookings", json=booking("09:00Z", "10:00Z"))
    assert [client.delete("/bookings/1").status_code for _ in range(2)] == [204, 404]
    assert client.post("/bookings", json=booking("09:00Z", "10:00Z")).status_code == 201
