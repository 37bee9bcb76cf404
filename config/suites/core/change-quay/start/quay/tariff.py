"""What lying in the marina costs."""

from quay.boats import Boat

BASE_CENTS = 400
METRE_CENTS = 175


def night_cents(boat: Boat) -> int:
    """A night: a base, and something for each metre that was begun."""
    metres = -(-boat.length_cm // 100)
    return BASE_CENTS + metres * METRE_CENTS


def stay_cents(boat: Boat, nights: int) -> int:
    """Several nights."""
    return night_cents(boat) * nights
