"""Who lies where."""

from collections.abc import Iterable

from quay.berths import Berth, fits
from quay.boats import Boat
from quay.tariff import stay_cents


def assign(boats: Iterable[Boat], berths: Iterable[Berth]) -> tuple[dict[str, int], list[str]]:
    """The number of each boat's berth, by the boat's name, and the names of those that got none."""
    known = list(boats)
    free = sorted(berths, key=lambda berth: (berth.length_cm, berth.number))
    placed: dict[str, int] = {}
    for boat in sorted(known, key=lambda boat: (-boat.length_cm, boat.name)):
        berth = next((berth for berth in free if fits(berth, boat)), None)
        if berth is not None:
            placed[boat.name] = berth.number
            free.remove(berth)
    waiting = [boat.name for boat in known if boat.name not in placed]
    return placed, waiting


def takings_cents(boats: Iterable[Boat], berths: Iterable[Berth], nights: int) -> int:
    """What the boats that lie in the marina pay for `nights` together."""
    known = list(boats)
    placed, _ = assign(known, berths)
    return sum(stay_cents(boat, nights) for boat in known if boat.name in placed)
