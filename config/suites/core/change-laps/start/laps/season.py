"""Points."""

from collections.abc import Iterable

from laps.results import classified
from laps.riders import Ride

POINTS = (25, 18, 15)


def race_points(rides: Iterable[Ride]) -> dict[int, int]:
    """The points of the first three, by number."""
    return {ride.number: points for ride, points in zip(classified(rides), POINTS, strict=False)}
