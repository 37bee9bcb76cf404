"""One step of a schedule."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """Heat at `rate` degrees an hour to `target`, and stay there for `hold` minutes."""

    rate: int
    target: int
    hold: int = 0


def ramp_minutes(segment: Segment, before: int) -> int:
    """Minutes from `before` degrees to the target, rounded up."""
    return -(-(segment.target - before) * 60 // segment.rate)
