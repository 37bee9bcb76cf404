"""What a shipment costs, in cents."""

from freight.parcels import Parcel

ZONES = {"A": 110, "B": 185, "C": 320}

LEAST = 700

MANY = 5

LONG_SIDE = 120

LONG_EXTRA = 450


def freight_cents(zone: str, halves: int, count: int) -> int:
    """The cents of `halves` half kilograms in `count` parcels. ValueError for another zone."""
    raise NotImplementedError


def long_cents(parcels: list[Parcel]) -> int:
    """The cents for the long ones among the parcels."""
    raise NotImplementedError


def fuel_cents(freight: int) -> int:
    """The cents for fuel on a freight."""
    raise NotImplementedError
