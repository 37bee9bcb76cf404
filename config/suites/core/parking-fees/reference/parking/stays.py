"""Stays, as the barrier writes them."""

from dataclasses import dataclass
from datetime import datetime

FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Stay:
    """One car, from the barrier to the barrier."""

    plate: str
    start: datetime
    end: datetime


def plate_of(text: str) -> str:
    """The form in which a plate is told."""
    return text.replace("-", "").upper()


def parse_stays(text: str) -> list[Stay]:
    """The stays in their order. ValueError names the line that is wrong."""
    stays: list[Stay] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                stays.append(_stay(line.split()))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
    return stays


def _stay(words: list[str]) -> Stay:
    if len(words) != 3:
        raise ValueError("write PLATE IN OUT")
    start, end = (datetime.strptime(word, FORMAT) for word in words[1:])
    if end < start:
        raise ValueError("OUT is before IN")
    return Stay(plate_of(words[0]), start, end)
