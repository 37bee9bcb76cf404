from laps.results import classified, gap
from laps.riders import Ride, total_ms
from laps.season import race_points, table


def test_c1_a_disqualified_winner_is_gone() -> None:
    rides = [Ride(3, (50,), 0, True), Ride(4, (60,)), Ride(5, (61,))]
    assert race_points(rides) == {4: 26, 5: 18}
    assert total_ms(Ride(3, (50, 70), 3)) == 15120


def test_c2_penalties_change_the_order() -> None:
    rides = [Ride(1, (90000, 90000), 1), Ride(2, (92000, 92999)), Ride(3, (92500, 92500))]
    assert [ride.number for ride in classified(iter(rides))] == [2, 1, 3]


def test_c3_of_ten_laps_eight_are_needed() -> None:
    rides = [Ride(1, (60,) * 10), Ride(2, (50,) * 7), Ride(3, (55,) * 8)]
    assert [ride.number for ride in classified(rides)] == [1, 3]
    assert race_points(rides) == {1: 25, 3: 19}


def test_c4_equal_laps_belong_to_the_better_placed() -> None:
    assert race_points([Ride(7, (66, 61)), Ride(8, (61, 65)), Ride(9, (64, 64))]) == {7: 18, 8: 26, 9: 15}


def test_c5_thousandths_have_three_digits() -> None:
    assert gap(Ride(1, (60000,)), Ride(2, (60007,))) == "+0.007"
    assert gap(Ride(1, (60000,)), Ride(2, (59000,), 3)) == "+14.000"
    assert gap(Ride(1, (60,) * 9), Ride(2, (60,) * 6)) == "+3 laps"


def test_c6_a_race_that_was_missed_is_the_worst() -> None:
    races = [[Ride(1, (60,)), Ride(2, (61,))] for _ in range(5)] + [[Ride(3, (60,))]]
    assert table(races) == [(1, 130), (2, 90), (3, 26)]
    assert table(iter([iter(races[0]), iter([Ride(2, (5,))])])) == [(2, 44), (1, 26)]


def test_c7_more_wins_come_first() -> None:
    lost = [Ride(6, (80, 80)), Ride(2, (100, 70))]
    other = [Ride(7, (50,)), Ride(8, (51,)), Ride(9, (52,)), Ride(2, (53,))]
    assert table([lost, lost, other])[:2] == [(6, 50), (2, 50)]
    late = [[Ride(9, (70, 50)), Ride(8, (60, 61))], [Ride(7, (50,)), Ride(9, (60,))], [Ride(7, (50,))]]
    assert table(late) == [(7, 52), (9, 44), (8, 18)]
