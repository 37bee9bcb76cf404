import pytest

from tram.fares import full_cents, ride_cents
from tram.zones import zones_between

STOPS = {"Port": 1, "Mill": 1, "Park": 3, "Hill": 6}


def test_c1_both_zones_count() -> None:
    assert zones_between(STOPS, "Port", "Mill") == 1
    assert zones_between(STOPS, "Park", "Port") == 3
    assert zones_between(STOPS, "Port", "Hill") == 6


@pytest.mark.parametrize("stops", [("Port", "Moon"), ("Moon", "Port")])
def test_c1_an_unknown_stop_is_refused(stops: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="^no stop Moon$"):
        zones_between(STOPS, *stops)


def test_c2_each_zone_costs_more() -> None:
    assert [full_cents(zones) for zones in (1, 2, 4, 5, 6)] == [240, 350, 570, 680, 680]


def test_c3_ages() -> None:
    found = [ride_cents(STOPS, "Port", "Park", age) for age in (0, 5, 6, 14, 15, 64, 65)]
    assert found == [0, 0, 230, 230, 460, 460, 230]
    assert ride_cents(STOPS, "Port", "Mill") == 240
    with pytest.raises(ValueError, match="^no age -1$"):
        ride_cents(STOPS, "Port", "Park", -1)


def test_c3_halves_are_rounded_up() -> None:
    assert ride_cents({"A": 1, "B": 2}, "A", "B", 70) == 175
