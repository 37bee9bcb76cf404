"""What a firing costs."""

from collections.abc import Sequence

from kiln.schedule import befores, total_minutes
from kiln.segments import Segment, direction, ramp_minutes

HEATING_CENTS = 9
HOLDING_CENTS = 4
LONG_MINUTES = 720
LONG_CENTS = 150


def firing_cents(segments: Sequence[Segment]) -> int:
    """The price of a firing: heating, holding, and something for a long one."""
    cents = 0
    for segment, before in zip(segments, befores(segments), strict=True):
        if direction(segment, before) == "up":
            cents += ramp_minutes(segment, before) * HEATING_CENTS
        cents += segment.hold * HOLDING_CENTS
    if total_minutes(segments) > LONG_MINUTES:
        cents += LONG_CENTS
    return cents
