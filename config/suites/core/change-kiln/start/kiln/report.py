"""A schedule as text."""

from collections.abc import Sequence

from kiln.schedule import befores
from kiln.segments import Segment, ramp_minutes


def report(segments: Sequence[Segment]) -> list[str]:
    """A line for each segment."""
    pairs = zip(segments, befores(segments), strict=True)
    return [f"to {segment.target} in {ramp_minutes(segment, before)} min" for segment, before in pairs]
