"""The order of a race."""

from collections.abc import Iterable

from laps.riders import Ride, total_ms


def classified(rides: Iterable[Ride]) -> list[Ride]:
    """The rides, the fastest first."""
    return sorted(rides, key=total_ms)


def gap(winner: Ride, ride: Ride) -> str:
    """How much later it came in."""
    return f"+{(total_ms(ride) - total_ms(winner)) / 1000:.3f}"
