from quay.berths import Berth, fits
from quay.boats import Boat
from quay.tariff import night_cents, stay_cents


def test_each_metre_that_was_begun_is_paid() -> None:
    assert night_cents(Boat("Ada", 600, 80)) == 1450
    assert night_cents(Boat("Ida", 601, 80)) == 1625


def test_two_nights_cost_twice_as_much() -> None:
    assert stay_cents(Boat("Ada", 600, 80), 2) == 2900


def test_a_boat_as_long_as_the_berth_fits() -> None:
    assert fits(Berth(1, 900, 300), Boat("Ada", 900, 120))
    assert not fits(Berth(1, 900, 300), Boat("Ada", 901, 120))
