"""What one rider did in a race."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ride:
    """A rider's laps, each in milliseconds, and what the marshals said."""

    number: int
    laps_ms: tuple[int, ...]
    penalties: int = 0
    disqualified: bool = False


PENALTY_MS = 5000


def total_ms(ride: Ride) -> int:
    """The time of all laps, and of the penalties."""
    return sum(ride.laps_ms) + ride.penalties * PENALTY_MS
