"""Lots of seeds, as they are written down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lot:
    """Seeds of one harvest, and how they did in their last test."""

    code: str
    species: str
    year: int
    """Of the test."""
    sown: int
    sprouted: int
    grams: int
    """In stock."""


def parse_lots(text: str) -> list[Lot]:
    """The lots in their order. ValueError names the line that is wrong."""
    raise NotImplementedError
