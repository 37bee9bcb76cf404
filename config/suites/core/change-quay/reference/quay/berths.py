"""Where a boat can lie."""

from dataclasses import dataclass

from quay.boats import Boat

CLEARANCE_CM = 30


@dataclass(frozen=True)
class Berth:
    """A place at the quay."""

    number: int
    length_cm: int
    depth_cm: int
    wide: bool = False


def fits(berth: Berth, boat: Boat) -> bool:
    """Whether `boat` can lie in `berth`."""
    if boat.is_multihull and not berth.wide:
        return False
    if boat.draught_cm + CLEARANCE_CM > berth.depth_cm:
        return False
    return boat.length_cm <= berth.length_cm
