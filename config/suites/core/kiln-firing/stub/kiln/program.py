"""Firing programs, as they are typed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A move to a temperature, and a hold there."""

    rate: int
    """Degrees per hour."""
    target: int
    """Degrees."""
    hold: int
    """Minutes."""


def parse_program(text: str) -> list[Segment]:
    """The segments of a program. ValueError names the line that is wrong, or says that there is none."""
    raise NotImplementedError
