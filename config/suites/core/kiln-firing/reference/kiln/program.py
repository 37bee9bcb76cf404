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
    segments = [
        _segment(line.split(), number)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not segments:
        raise ValueError("the program is empty")
    return segments


def _segment(words: list[str], number: int) -> Segment:
    if len(words) != 3 or not all(word.isdecimal() for word in words):
        raise ValueError(f"line {number}: write RATE TARGET HOLD as whole numbers")
    rate, target, hold = (int(word) for word in words)
    if not 1 <= rate <= 400:
        raise ValueError(f"line {number}: a rate is from 1 to 400")
    if not 20 <= target <= 1300:
        raise ValueError(f"line {number}: a target is from 20 to 1300")
    if hold > 600:
        raise ValueError(f"line {number}: a hold is from 0 to 600")
    return Segment(rate, target, hold)
