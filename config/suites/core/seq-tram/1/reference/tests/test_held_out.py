import pytest

from tram.fares import full_cents, ride_cents
from tram.zones import zones_between

LINE = {"Dock": 2, "Fair": 4, "Wood": 9}


def test_c1_a_stop_to_itself_is_one_zone() -> None:
    assert zones_between(LINE, "Dock", "Dock") == 1
    assert zones_between(LINE, "Wood", "Fair") == 6
    with pytest.raises(ValueError, match="no stop Sea"):
        zones_between(LINE, "Dock", "Sea")


def test_c2_three_zones_and_the_most() -> None:
    assert (full_cents(3), full_cents(20)) == (460, 680)


def test_c3_who_pays_half() -> None:
    found = [ride_cents(LINE, "Wood", "Dock", age) for age in (5, 6, 14, 15, 64, 65, 99)]
    assert found == [0, 340, 340, 680, 680, 340, 340]
    assert ride_cents(LINE, "Fair", "Dock", 0) == 0
    with pytest.raises(ValueError, match="no age -7"):
        ride_cents(LINE, "Fair", "Dock", -7)
