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
    loading = Loading([[] for _ in lengths], list(lengths), [])
    for vehicle in vehicles:
        needed = vehicle.length + GAP
        lane = _roomiest(loading.free, vehicle.kind)
        if loading.free[lane] >= needed:
            loading.lanes[lane].append(vehicle)
            loading.free[lane] -= needed
        else:
            loading.waiting.append(vehicle)
    return loading


def _roomiest(free: list[int], kind: str) -> int:
    allowed = free[:TRUCK_LANES] if kind == "truck" else free
    return allowed.index(max(allowed))
