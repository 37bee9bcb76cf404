import pytest

from tram.days import Ride, charges, day_cents
from tram.fares import for_age, ride_cents

LINE = {"Dock": 2, "Fair": 4, "Wood": 9}


def test_c1_the_ticket_is_not_prolonged() -> None:
    rides = [Ride(0, "Dock", "Fair"), Ride(60, "Fair", "Dock"), Ride(90, "Dock", "Dock"), Ride(179, "Fair", "Fair")]
    assert charges(LINE, rides) == [460, 0, 240, 0]


def test_c1_one_minute_keeps_the_order_given() -> None:
    assert charges(LINE, [Ride(9, "Dock", "Dock"), Ride(9, "Dock", "Fair")]) == [240, 220]
    assert charges(LINE, iter([Ride(9, "Dock", "Fair"), Ride(9, "Dock", "Dock")])) == [460, 0]
    with pytest.raises(ValueError, match="no minute 5000"):
        day_cents(LINE, [Ride(5000, "Dock", "Dock")])


def test_c2_twice_longer() -> None:
    rides = [Ride(5, "Dock", "Dock"), Ride(15, "Dock", "Fair"), Ride(25, "Dock", "Wood"), Ride(94, "Fair", "Wood")]
    assert charges(LINE, rides) == [240, 220, 220, 0]


def test_c3_what_is_left_is_charged() -> None:
    rides = [Ride(0, "Dock", "Wood"), Ride(200, "Dock", "Dock"), Ride(210, "Dock", "Fair"), Ride(400, "Dock", "Wood")]
    assert charges(LINE, rides) == [680, 170, 0, 0]
    assert charges(LINE, rides, 80) == [340, 85, 0, 0]
    assert day_cents(LINE, rides, 80) == 425
    assert for_age(351, 7) == 180
    assert ride_cents(LINE, "Dock", "Fair", 65) == 230
