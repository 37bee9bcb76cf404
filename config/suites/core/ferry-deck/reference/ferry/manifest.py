"""The crossing on paper."""

from ferry.deck import load
from ferry.fares import fare_cents
from ferry.vehicles import Vehicle, parse_vehicles


def manifest(text: str, lengths: list[int]) -> str:
    """Lanes, who waits, and the fares of those who are taken."""
    loading = load(parse_vehicles(text), lengths)
    lines = []
    for number, lane in enumerate(loading.lanes, 1):
        lines.append(f"lane {number}: {_plates(lane)} ({loading.free[number - 1]} cm left)")
    lines.append(f"waiting: {_plates(loading.waiting)}")
    taken = [vehicle for lane in loading.lanes for vehicle in lane]
    cents = sum(fare_cents(vehicle.kind, vehicle.length, vehicle.people) for vehicle in taken)
    lines.append(f"fares: {cents // 100}.{cents % 100:02d}")
    return "\n".join(lines)


def _plates(vehicles: list[Vehicle]) -> str:
    return " ".join(vehicle.plate for vehicle in vehicles) or "-"
