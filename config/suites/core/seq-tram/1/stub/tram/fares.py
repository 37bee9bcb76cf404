"""What a ride costs."""

from collections.abc import Mapping


def full_cents(zones: int) -> int:
    """The price for an adult."""
    raise NotImplementedError


def ride_cents(stops: Mapping[str, int], start: str, end: str, age: int = 30) -> int:
    """The price of a ride."""
    raise NotImplementedError
