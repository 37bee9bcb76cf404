"""Where a boat can lie."""

from dataclasses import dataclass

from quay.boats import Boat


@dataclass(frozen=True)
class Berth:
    """A place at the quay."""

    number: int
    length_cm: int
    depth_cm: int


def fits(berth: Berth, boat: Boat) -> bool:
    """Whether `boat` can lie in `berth`."""
    return boat.length_cm <= berth.length_cm and boat.draught_cm <= berth.depth_cm
