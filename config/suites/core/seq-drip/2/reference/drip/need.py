"""How much water a bed needs on a day."""

from collections.abc import Iterable, Sequence

from drip.beds import RATES, Bed
from drip.rain import useful_mm10

COOL = 10
HOT = 25


def litres(bed: Bed, degrees: int, rain: Sequence[int] = ()) -> int:
    """The need of a bed, less what it rained, rounded up."""
    halves = bed.area_dm2 * RATES[bed.crop] * _halves(degrees)
    counted = useful_mm10(rain)
    rained = 0 if bed.covered else bed.area_dm2 * counted
    return max(-(-(halves - 2 * rained) // 2000), 0)


def needs(beds: Iterable[Bed], degrees: int, rain: Sequence[int] = ()) -> dict[str, int]:
    """The litres by the bed's name, sorted."""
    found: dict[str, int] = {}
    for bed in beds:
        found[bed.name] = found.get(bed.name, 0) + litres(bed, degrees, rain)
    return dict(sorted(found.items()))


def total(beds: Iterable[Bed], degrees: int, rain: Sequence[int] = ()) -> int:
    """What all beds need."""
    return sum(needs(beds, degrees, rain).values())


def _halves(degrees: int) -> int:
    """How many halves of the usual need a day of so many degrees has."""
    if degrees < COOL:
        return 1
    return 3 if degrees >= HOT else 2
