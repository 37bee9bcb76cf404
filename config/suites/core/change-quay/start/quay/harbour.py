"""Who lies where."""

from collections.abc import Iterable

from quay.berths import Berth, fits
from quay.boats import Boat
from quay.tariff import night_cents


def assign(boats: Iterable[Boat], berths: Iterable[Berth]) -> dict[str, int]:
    """The number of each boat's berth, by the boat's name; who comes first chooses first."""
    free = sorted(berths, key=lambda berth: berth.number)
    placed: dict[str, int] = {}
    for boat in boats:
        berth = next((berth for berth in free if fits(berth, boat)), None)
        if berth is not None:
            placed[boat.name] = berth.number
            free.remove(berth)
    return placed


def takings_cents(boats: Iterable[Boat], berths: Iterable[Berth]) -> int:
    """What one night brings in."""
    known = list(boats)
    placed = assign(known, berths)
    return sum(night_cents(boat) for boat in known if boat.name in placed)
