"""How much water a bed needs on a day."""

from collections.abc import Iterable

from drip.beds import RATES, Bed

COOL = 10
HOT = 25


def litres(bed: Bed, degrees: int) -> int:
    """The need of a bed, rounded up."""
    return -(-bed.area_dm2 * RATES[bed.crop] * _halves(degrees) // 2000)


def needs(beds: Iterable[Bed], degrees: int) -> dict[str, int]:
    """The litres by the bed's name, sorted."""
    found: dict[str, int] = {}
    for bed in beds:
        found[bed.name] = found.get(bed.name, 0) + litres(bed, degrees)
    return dict(sorted(found.items()))


def total(beds: Iterable[Bed], degrees: int) -> int:
    """What all beds need."""
    return sum(needs(beds, degrees).values())


def _halves(degrees: int) -> int:
    """How many halves of the usual need a day of so many degrees has."""
    if degrees < COOL:
        return 1
    return 3 if degrees >= HOT else 2
