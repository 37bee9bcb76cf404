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
    parcels = [_parcel(line.strip(), number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not parcels:
        raise ValueError("there is no parcel")
    return parcels


def _parcel(line: str, number: int) -> Parcel:
    match = _LINE.fullmatch(line)
    if not match:
        raise ValueError(f"line {number}: write REF LxWxH WEIGHT")
    ref, length, width, height, whole, decimals = match.groups()
    sides = (int(length), int(width), int(height))
    if min(sides) < 1 or max(sides) > LONGEST:
        raise ValueError(f"line {number}: a side is from 1 to {LONGEST} cm")
    grams = int(whole) * 1000 + int((decimals or "").ljust(3, "0"))
    if not 0 < grams <= HEAVIEST:
        raise ValueError(f"{ref} weighs nothing, or more than 31.50 kg")
    return Parcel(ref, sides, grams)
