"""What one rider did in a race."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ride:
    """A rider's laps, each in milliseconds."""

    number: int
    laps_ms: tuple[int, ...]


def total_ms(ride: Ride) -> int:
    """The time of all laps."""
    return sum(ride.laps_ms)
