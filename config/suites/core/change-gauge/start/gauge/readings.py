"""Readings of a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """A level in centimetres at a time."""

    time: str
    level: int


def parse(text: str) -> list[Reading]:
    """The readings, one a line."""
    parts = [line.split() for line in text.splitlines() if line.strip()]
    return [Reading(time, int(level)) for time, level in parts]
