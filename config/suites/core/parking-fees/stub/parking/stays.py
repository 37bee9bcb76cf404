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
    raise NotImplementedError


def parse_stays(text: str) -> list[Stay]:
    """The stays in their order. ValueError names the line that is wrong."""
    raise NotImplementedError
