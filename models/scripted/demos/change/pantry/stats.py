"""Figures about a pantry."""

from collections.abc import Iterable

from pantry.items import Item


def count(items: Iterable[Item]) -> int:
    """Return how many different things there are."""
    return len(list(items))


def average(items: Iterable[Item]) -> int:
    """Return the average amount, rounded half up; 0 for an empty pantry."""
    amounts = [item.amount for item in items]
    return round(sum(amounts) / len(amounts)) if amounts else 0
