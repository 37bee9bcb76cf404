"""What the kiln does over time."""

from kiln.program import Segment

START = 20

COOLING = 2


def move_minutes(start: int, segment: Segment) -> int:
    """The minutes from `start` to the segment's target, rounded up."""
    raise NotImplementedError


def duration(segments: list[Segment]) -> int:
    """The minutes of the whole program."""
    raise NotImplementedError


def temperature_at(segments: list[Segment], minute: int) -> int:
    """The degrees at a minute, rounded half up. ValueError for a negative minute."""
    raise NotImplementedError
