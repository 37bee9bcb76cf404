"""What lying in the marina costs."""

from quay.boats import Boat

BASE_CENTS = 400
METRE_CENTS = 175
FREE_NIGHT = 7


def night_cents(boat: Boat) -> int:
    """A night: a base, and something for each metre that was begun; a multihull pays half as much again."""
    metres = -(-boat.length_cm // 100)
    plain = BASE_CENTS + metres * METRE_CENTS
    if not boat.is_multihull:
        return plain
    return -(-plain * 3 // 20) * 10


def stay_cents(boat: Boat, nights: int) -> int:
    """Several nights, of which every seventh is free; ValueError for none."""
    if nights < 1:
        raise ValueError("a stay has at least one night")
    return night_cents(boat) * (nights - nights // FREE_NIGHT)
