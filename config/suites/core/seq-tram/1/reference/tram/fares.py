"""What a ride costs, in cents."""

from collections.abc import Mapping

from tram.zones import zones_between

FIRST = 240
FURTHER = 110
MOST = 680


def full_cents(zones: int) -> int:
    """The price for an adult."""
    return min(FIRST + (zones - 1) * FURTHER, MOST)


def ride_cents(stops: Mapping[str, int], start: str, end: str, age: int = 30) -> int:
    """The price of a ride for somebody of `age`; ValueError for a negative one."""
    if age < 0:
        raise ValueError(f"no age {age}")
    cents = full_cents(zones_between(stops, start, end))
    if age < 6:
        return 0
    if age <= 14 or age >= 65:
        return -(-cents // 10) * 5
    return cents
