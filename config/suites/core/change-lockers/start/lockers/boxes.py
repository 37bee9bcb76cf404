"""Boxes of the wall."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A box with a door."""

    number: int
