import pytest

from tram.days import Ride, charges, day_cents
from tram.fares import for_age

STOPS = {"Port": 1, "Mill": 1, "Lock": 2, "Park": 3, "Hill": 6}


def test_c1_a_transfer_within_90_minutes_is_free() -> None:
    rides = [Ride(600, "Port", "Lock"), Ride(689, "Lock", "Port"), Ride(690, "Port", "Lock")]
    assert charges(STOPS, rides) == [350, 0, 350]


def test_c1_rides_are_taken_by_time() -> None:
    rides = [Ride(700, "Port", "Park"), Ride(100, "Port", "Mill"), Ride(0, "Port", "Lock")]
    assert charges(STOPS, rides) == [350, 240, 260]
    assert Ride(1439, "Port", "Mill").minute == 1439
    for minute in (-1, 1440):
        with pytest.raises(ValueError, match=f"^no minute {minute}$"):
            charges(STOPS, [Ride(5, "Port", "Mill"), Ride(minute, "Port", "Mill")])


def test_c2_a_longer_ride_costs_the_difference() -> None:
    rides = [Ride(600, "Port", "Mill"), Ride(620, "Mill", "Park"), Ride(640, "Port", "Lock"), Ride(690, "Port", "Mill")]
    assert charges(STOPS, rides) == [240, 220, 0, 240]


def test_c3_a_day_has_a_most() -> None:
    rides = [Ride(hour * 60, "Port", "Lock") for hour in (6, 8, 10, 12)]
    assert charges(STOPS, rides) == [350, 350, 150, 0]
    assert day_cents(STOPS, rides) == 850
    assert day_cents(STOPS, []) == 0


def test_c3_ages_count_last() -> None:
    rides = [Ride(hour * 60, "Port", "Lock") for hour in (6, 8, 10, 12)]
    assert charges(STOPS, rides, 10) == [175, 175, 75, 0]
    assert day_cents(STOPS, rides, 3) == 0
    assert [for_age(430, age) for age in (5, 6, 14, 15, 64, 65)] == [0, 215, 215, 430, 430, 215]
    with pytest.raises(ValueError, match="^no age -2$"):
        for_age(100, -2)
