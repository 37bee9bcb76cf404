"""Readings of a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

GAP = "-"


@dataclass(frozen=True)
class Reading:
    """A level in centimetres at a time; None where there is a gap."""

    time: str
    level: int | None


def parse(text: str) -> list[Reading]:
    """The readings, one a line; ValueError names a line that is none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts:
            continue
        if len(parts) != 2:
            raise ValueError(f"line {number}: two parts are needed")
        found.append(Reading(parts[0], _level(parts[1], number)))
    return found


def since(readings: Iterable[Reading], day: str) -> list[Reading]:
    """The readings of `day` and later; ValueError where it is no day."""
    try:
        first = date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise ValueError(f"no day {day}") from error
    return [reading for reading in readings if reading.time >= first]


def _level(text: str, number: int) -> int | None:
    """The level that the text says, None for a gap."""
    if text == GAP:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"line {number}: no level {text}") from error
