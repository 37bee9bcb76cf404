"""Points."""

from collections.abc import Iterable

from laps.results import classified
from laps.riders import Ride

POINTS = (25, 18, 15, 12, 10, 8, 6, 4, 2, 1)
FASTEST = 1
RACES_THAT_COUNT = 4


def race_points(rides: Iterable[Ride]) -> dict[int, int]:
    """The points of everybody who is classified, by number."""
    order = classified(rides)
    points = {ride.number: 0 for ride in order}
    for ride, more in zip(order, POINTS, strict=False):
        points[ride.number] = more
    if order:
        fastest = min(order[: len(POINTS)], key=lambda ride: min(ride.laps_ms))
        points[fastest.number] += FASTEST
    return points


def table(races: Iterable[Iterable[Ride]]) -> list[tuple[int, int]]:
    """Everybody's number and points, the champion first."""
    held = [list(race) for race in races]
    results = [race_points(race) for race in held]
    winners = [classified(race)[0].number for race in held if classified(race)]
    numbers = {number for result in results for number in result}
    season = {number: _season_points([result.get(number, 0) for result in results]) for number in numbers}
    order = sorted(numbers, key=lambda number: (-season[number], -winners.count(number), number))
    return [(number, season[number]) for number in order]


def _season_points(points: list[int]) -> int:
    """What counts of the points of all races."""
    dropped = min(points) if len(points) > RACES_THAT_COUNT else 0
    return sum(points) - dropped
