import pytest

from quay.berths import Berth, fits
from quay.boats import Boat
from quay.harbour import assign, takings_cents
from quay.tariff import night_cents, stay_cents


def test_c1_a_boat_has_one_hull_unless_told_otherwise() -> None:
    assert Boat("Ada", 600, 80).hulls == 1
    assert not Boat("Ada", 600, 80).is_multihull
    assert Boat("Cat", 600, 80, 2).is_multihull


def test_c1_no_hull_and_four_hulls_are_refused() -> None:
    assert Boat("Tri", 600, 80, 3).hulls == 3
    for hulls in (0, 4):
        with pytest.raises(ValueError, match="^Odd: a boat has 1 to 3 hulls$"):
            Boat("Odd", 600, 80, hulls)


def test_c2_a_multihull_needs_a_wide_berth() -> None:
    cat = Boat("Cat", 900, 80, 2)
    assert fits(Berth(1, 1000, 300, True), cat)
    assert not fits(Berth(2, 1000, 300), cat)


def test_c2_one_hull_fits_either() -> None:
    ada = Boat("Ada", 900, 80)
    assert fits(Berth(1, 900, 300, True), ada)
    assert fits(Berth(2, 900, 300), ada)


def test_c3_thirty_centimetres_stay_under_the_keel() -> None:
    assert fits(Berth(1, 900, 150), Boat("Ada", 800, 120))
    assert not fits(Berth(1, 900, 149), Boat("Ada", 800, 120))


def test_c4_a_night_of_a_multihull() -> None:
    assert night_cents(Boat("Cat", 600, 80, 2)) == 2180
    assert night_cents(Boat("Tri", 800, 80, 3)) == 2700
    assert night_cents(Boat("Ada", 600, 80)) == 1450


def test_c5_every_seventh_night_is_free() -> None:
    ada = Boat("Ada", 600, 80)
    nights = [1, 6, 7, 13, 14]
    assert [stay_cents(ada, n) // 1450 for n in nights] == [1, 6, 6, 12, 12]


def test_c5_no_night_is_refused() -> None:
    with pytest.raises(ValueError, match="^a stay has at least one night$"):
        stay_cents(Boat("Ada", 600, 80), 0)


def test_c6_the_longest_boat_chooses_first() -> None:
    boats = [Boat("Small", 500, 50), Boat("Large", 900, 90), Boat("Early", 500, 50)]
    berths = [Berth(1, 1000, 300), Berth(2, 600, 300), Berth(3, 600, 300)]
    placed, waiting = assign(boats, berths)
    assert placed == {"Large": 1, "Early": 2, "Small": 3}
    assert waiting == []


def test_c7_who_got_no_berth_waits_in_the_order_of_coming() -> None:
    boats = [Boat("Zoe", 500, 50), Boat("Cat", 700, 60, 2), Boat("Ada", 700, 60)]
    placed, waiting = assign(boats, [Berth(4, 800, 200)])
    assert placed == {"Ada": 4}
    assert waiting == ["Zoe", "Cat"]


def test_c7_only_who_has_a_berth_pays() -> None:
    boats = [Boat("Ada", 600, 80), Boat("Zoe", 600, 80)]
    assert takings_cents(boats, [Berth(1, 600, 200)], 7) == 1450 * 6
