"""What the race office would try by hand."""

import sys

from laps.results import classified, gap
from laps.riders import Ride, total_ms
from laps.season import race_points, table


def numbers(rides) -> list[int]:
    return [ride.number for ride in classified(rides)]


def rides_are_ordered() -> None:
    assert total_ms(Ride(5, (1000, 2000))) == 3000
    assert total_ms(Ride(5, (1000, 2000), penalties=4)) == 23000
    rides = [Ride(5, (300, 300, 300)), Ride(2, (310, 290, 300)), Ride(7, (100, 100, 100), 1), Ride(6, (1, 1, 1, 1), 0, True)]
    assert numbers(rides) == [2, 5, 7], numbers(rides)
    assert numbers(iter([*rides, Ride(8, (999,) * 4), Ride(9, (1, 1)), Ride(10, ())])) == [8, 2, 5, 7]
    assert numbers([Ride(1, (9,) * 20), Ride(2, (9,) * 15), Ride(3, (9,) * 14)]) == [1, 2]
    assert numbers([Ride(1, ())]) == []


def points_are_given() -> None:
    rides = [Ride(n, (500 + n, 500 + n)) for n in range(20, 32)]
    wanted = dict(zip(range(20, 32), [26, 18, 15, 12, 10, 8, 6, 4, 2, 1, 0, 0], strict=True))
    assert race_points(rides) == wanted
    assert race_points([*rides, Ride(40, (2000, 1))])[20] == 26
    assert race_points([Ride(1, (70, 70)), Ride(2, (69, 80)), Ride(3, (69, 90))]) == {1: 25, 2: 19, 3: 15}
    assert race_points([Ride(1, (70, 70)), Ride(2, (71, 80)), Ride(3, (65, 5), disqualified=True)]) == {1: 26, 2: 18}
    assert race_points([]) == {}


def gaps_are_told() -> None:
    winner = Ride(1, (40000,) * 6)
    found = [gap(winner, winner), gap(winner, Ride(2, (40000,) * 6)), gap(winner, Ride(2, (40000,) * 5 + (41050,), 2))]
    assert found == ["winner", "+0.000", "+11.050"], found
    assert [gap(winner, Ride(2, (9,) * n)) for n in (5, 4, 3)] == ["+1 lap", "+2 laps", "+3 laps"]


def seasons_add_up() -> None:
    race = [Ride(1, (50,)), Ride(2, (60,)), Ride(3, (70,))]
    turned = [Ride(3, (50,)), Ride(2, (60,))]
    assert table([race, turned]) == [(3, 41), (2, 36), (1, 26)], table([race, turned])
    assert table([race] * 4) == [(1, 104), (2, 72), (3, 60)]
    assert table([race, race, race, turned, turned]) == [(3, 82), (1, 78), (2, 72)]
    assert table([race] * 4 + [[Ride(9, ())]]) == [(1, 104), (2, 72), (3, 60)]
    assert table([[Ride(6, (9,))], [Ride(4, (9,))]]) == [(4, 26), (6, 26)]
    assert table([]) == []


def wins_break_ties() -> None:
    # 5 wins twice with a slower lap than 4, and is missing once: 25 + 25 = 50; 4 has 19 + 19 + 12 = 50.
    lost = [Ride(5, (90, 90)), Ride(4, (110, 80))]
    third = [Ride(1, (50,)), Ride(2, (51,)), Ride(3, (52,)), Ride(4, (53,))]
    season = table([lost, lost, third])
    assert season == [(5, 50), (4, 50), (1, 26), (2, 18), (3, 15)], season


def main() -> int:
    for check in (rides_are_ordered, points_are_given, gaps_are_told, seasons_add_up, wins_break_ties):
        try:
            check()
        except Exception as error:
            print(f"{check.__name__}: {type(error).__name__}: {error}")
            return 1
    print("accepted")
    return 0


sys.exit(main())
