"""Segments in a row."""

from collections.abc import Sequence

from kiln.segments import Segment, ramp_minutes

START = 20


def befores(segments: Sequence[Segment]) -> list[int]:
    """The temperature before each segment."""
    return [START, *(segment.target for segment in segments)][: len(segments)]


def total_minutes(segments: Sequence[Segment]) -> int:
    """How long the firing takes."""
    pairs = zip(segments, befores(segments), strict=True)
    return sum(ramp_minutes(segment, before) + segment.hold for segment, before in pairs)
