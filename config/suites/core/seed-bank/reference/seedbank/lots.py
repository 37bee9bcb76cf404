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
    return [_lot(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _lot(line: str, number: int) -> Lot:
    parts = [part.strip() for part in line.split(";")]
    if len(parts) != 6 or not all(part.isdecimal() for part in parts[2:]):
        raise ValueError(f"line {number}: write CODE;SPECIES;YEAR;SOWN;SPROUTED;GRAMS")
    year, sown, sprouted, grams = (int(part) for part in parts[2:])
    if sown < 1 or sprouted > sown:
        raise ValueError(f"line {number}: {sprouted} of {sown} seeds cannot have sprouted")
    return Lot(parts[0], parts[1].lower(), year, sown, sprouted, grams)
