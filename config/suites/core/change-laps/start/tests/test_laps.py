from laps.results import classified, gap
from laps.riders import Ride, total_ms


def test_the_laps_are_added_up() -> None:
    assert total_ms(Ride(4, (61000, 60500))) == 121500


def test_the_fastest_comes_first() -> None:
    assert [ride.number for ride in classified([Ride(4, (61000,)), Ride(9, (60999,))])] == [9, 4]


def test_a_gap_is_told_in_seconds() -> None:
    assert gap(Ride(9, (60000,)), Ride(4, (61234,))) == "+1.234"
