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


def temperature_at(segments: Sequence[Segment], minute: int) -> int:
    """The temperature after `minute` minutes, in whole degrees, rounded half up."""
    if minute <= 0:
        return START
    left = minute
    for segment, before in zip(segments, befores(segments), strict=True):
        ramp = ramp_minutes(segment, before)
        if left < ramp:
            return (2 * (before * ramp + (segment.target - before) * left) + ramp) // (2 * ramp)
        left -= ramp
        if left <= segment.hold:
            return segment.target
        left -= segment.hold
    return segments[-1].target if segments else START
