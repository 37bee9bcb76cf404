import pytest

from quay.berths import Berth, fits
from quay.boats import Boat
from quay.harbour import assign, takings_cents
from quay.tariff import night_cents, stay_cents


def test_c1_hulls_are_counted() -> None:
    assert [Boat("B", 700, 90, n).is_multihull for n in (1, 2, 3)] == [False, True, True]
    with pytest.raises(ValueError, match="Raft: a boat has 1 to 3 hulls"):
        Boat("Raft", 700, 90, -1)


def test_c2_width_does_not_replace_length() -> None:
    tri = Boat("Tri", 1000, 70, 3)
    assert not fits(Berth(1, 999, 400, True), tri)
    assert fits(Berth(1, 1000, 400, True), tri)
    assert not fits(Berth(1, 1200, 400, False), tri)


def test_c3_shallow_berths_are_left_alone() -> None:
    assert [fits(Berth(1, 900, depth), Boat("Ada", 800, 170)) for depth in (170, 199, 200, 230)] == [
        False,
        False,
        True,
        True,
    ]


def test_c4_half_as_much_again_is_rounded_up() -> None:
    assert night_cents(Boat("Cat", 1000, 80, 2)) == 3230
    assert night_cents(Boat("Cat", 1201, 80, 2)) == 4020


def test_c5_long_stays() -> None:
    cat = Boat("Cat", 1000, 80, 2)
    assert stay_cents(cat, 21) == 3230 * 18
    assert stay_cents(cat, 20) == 3230 * 18
    with pytest.raises(ValueError, match="at least one night"):
        stay_cents(cat, -3)


def test_c6_the_shortest_berth_that_fits_is_taken() -> None:
    berths = [Berth(1, 1500, 300, True), Berth(2, 800, 300), Berth(3, 1200, 300, True), Berth(4, 800, 110)]
    boats = [Boat("Ada", 790, 90), Boat("Cat", 790, 90, 2), Boat("Bea", 800, 90)]
    placed, waiting = assign(boats, berths)
    assert placed == {"Bea": 2, "Ada": 3, "Cat": 1}
    assert waiting == []


def test_c7_waiting_boats_pay_nothing() -> None:
    boats = [Boat("Y", 500, 40), Boat("Cat", 1000, 80, 2), Boat("X", 500, 40)]
    berths = [Berth(9, 1000, 200, True)]
    assert assign(boats, berths) == ({"Cat": 9}, ["Y", "X"])
    assert takings_cents(boats, berths, 8) == 3230 * 7
    assert assign([], berths) == ({}, [])
