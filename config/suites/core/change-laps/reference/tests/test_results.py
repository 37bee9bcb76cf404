from laps.results import classified, gap
from laps.riders import Ride, total_ms
from laps.season import race_points, table

WIN = Ride(1, (60000, 60000, 60000, 60000))


def numbers(*rides: Ride) -> list[int]:
    return [ride.number for ride in classified(rides)]


def test_c1_penalties_are_added() -> None:
    assert total_ms(Ride(1, (60000, 61000), 2)) == 131000
    assert numbers(Ride(1, (60000,), penalties=1), Ride(2, (64999,)), Ride(3, (1,), disqualified=True)) == [2, 1]


def test_c2_laps_come_before_time() -> None:
    assert numbers(Ride(9, (9, 9, 9)), Ride(8, (9, 9, 9, 9)), Ride(7, (9, 9, 9)), Ride(6, (9, 9, 8))) == [8, 6, 7, 9]


def test_c3_three_quarters_are_needed() -> None:
    assert numbers(WIN, Ride(2, (50000,) * 3), Ride(3, (50000,) * 2), Ride(4, ())) == [1, 2]


def test_c3_nobody_rode() -> None:
    assert classified([Ride(4, ())]) == []
    assert race_points([Ride(4, ())]) == {}


def test_c4_the_fastest_lap_is_worth_a_point() -> None:
    rides = [Ride(1, (60, 60)), Ride(2, (70, 55)), Ride(3, (75, 55))]
    assert race_points(rides) == {1: 25, 2: 19, 3: 15}


def test_c4_only_the_first_ten_get_points() -> None:
    rides = [Ride(n, (100 + n, 100 + n)) for n in range(1, 11)] + [Ride(11, (400, 1))]
    assert list(race_points(rides).values()) == [26, 18, 15, 12, 10, 8, 6, 4, 2, 1, 0]


def test_c5_gaps() -> None:
    assert gap(WIN, WIN) == "winner"
    assert gap(WIN, Ride(2, (60000, 60000, 60000, 62034))) == "+2.034"
    assert gap(WIN, Ride(2, (60000,) * 3)) == "+1 lap"
    assert gap(WIN, Ride(2, (60000,) * 2)) == "+2 laps"


def test_c6_the_worst_of_five_is_dropped() -> None:
    race = [Ride(1, (60,)), Ride(2, (70,))]
    turned = [Ride(1, (80,)), Ride(2, (70,))]
    assert table([race] * 4) == [(1, 104), (2, 72)]
    assert table([race] * 4 + [turned]) == [(1, 104), (2, 80)]
    assert table([race] * 4 + [[]]) == [(1, 104), (2, 72)]


def test_c7_wins_and_numbers_break_ties() -> None:
    first = [Ride(n, (60 + n,), disqualified=n == 8) for n in range(1, 12)]
    assert table([first])[-2:] == [(10, 2), (11, 1)]
    assert table([[Ride(5, (60,))], [Ride(4, (60,))]]) == [(4, 26), (5, 26)]
