"""What the kiln does over time."""

from kiln.program import Segment

START = 20
COOLING = 2


def move_minutes(start: int, segment: Segment) -> int:
    """The minutes from `start` to the segment's target, rounded up."""
    degrees = abs(segment.target - start)
    return -(-degrees * 60 // segment.rate)


def duration(segments: list[Segment]) -> int:
    """The minutes of the whole program."""
    total = 0
    before = START
    for segment in segments:
        total += move_minutes(before, segment) + segment.hold
        before = segment.target
    return total


def temperature_at(segments: list[Segment], minute: int) -> int:
    """The degrees at a minute, rounded half up. ValueError for a negative minute."""
    if minute < 0:
        raise ValueError(f"minute {minute} is before the start")
    before = START
    left = minute
    for segment in segments:
        moving = move_minutes(before, segment)
        if left < moving:
            return _moving(before, segment, left)
        if left <= moving + segment.hold:
            return segment.target
        left -= moving + segment.hold
        before = segment.target
    return max(START, before - COOLING * left)


def _moving(before: int, segment: Segment, minutes: int) -> int:
    # In sixtieths of a degree, so that it is exact.
    way = segment.rate * minutes
    exact = before * 60 + way if segment.target > before else before * 60 - way
    return (exact + 30) // 60
