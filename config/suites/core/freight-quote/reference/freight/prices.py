"""What a shipment costs, in cents."""

from freight.parcels import Parcel

ZONES = {"A": 110, "B": 185, "C": 320}
LEAST = 700
MANY = 5
LONG_SIDE = 120
LONG_EXTRA = 450


def freight_cents(zone: str, halves: int, count: int) -> int:
    """The cents of `halves` half kilograms in `count` parcels. ValueError for another zone."""
    if zone not in ZONES:
        raise ValueError(f"there is no zone {zone}")
    cents = ZONES[zone] * halves
    if count >= MANY:
        cents = (cents * 95 + 50) // 100
    return max(cents, LEAST)


def long_cents(parcels: list[Parcel]) -> int:
    """The cents for the long ones among the parcels."""
    return LONG_EXTRA * sum(max(parcel.sides) > LONG_SIDE for parcel in parcels)


def fuel_cents(freight: int) -> int:
    """The cents for fuel on a freight."""
    return (freight * 12 + 50) // 100
