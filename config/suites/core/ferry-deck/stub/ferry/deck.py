"""Lanes, and who stands in them."""

from dataclasses import dataclass
from ferry.vehicles import Vehicle

GAP = 40

TRUCK_LANES = 2


@dataclass
class Loading:
    """A deck that is loaded."""

    lanes: list[list[Vehicle]]
    free: list[int]
    """Centimetres left in each lane."""
    waiting: list[Vehicle]


def load(vehicles: list[Vehicle], lengths: list[int]) -> Loading:
    """Put each vehicle into the lane with the most room; who fits nowhere waits."""
    raise NotImplementedError
