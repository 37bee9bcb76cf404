"""Parcels, as the shop copies them."""

import re
from dataclasses import dataclass

_LINE = re.compile(r"(\S+)\s+([0-9]+)x([0-9]+)x([0-9]+)\s+([0-9]+)(?:\.([0-9]{1,2}))?")

LONGEST = 300

HEAVIEST = 31500


@dataclass(frozen=True)
class Parcel:
    """A box, its sides in centimetres."""

    ref: str
    sides: tuple[int, int, int]
    grams: int


def parse_parcels(text: str) -> list[Parcel]:
    """The parcels in their order. ValueError names the line or the parcel that is wrong."""
    raise NotImplementedError
