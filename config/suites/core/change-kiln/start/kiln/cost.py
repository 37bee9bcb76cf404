"""What a firing costs."""

from collections.abc import Sequence

from kiln.schedule import total_minutes
from kiln.segments import Segment

MINUTE_CENTS = 9


def firing_cents(segments: Sequence[Segment]) -> int:
    """The price of a firing."""
    return total_minutes(segments) * MINUTE_CENTS
