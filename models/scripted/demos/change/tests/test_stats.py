"""Figures about a pantry."""

from pantry.items import Item
from pantry.stats import average, count


def test_things_are_counted_once() -> None:
    assert count([Item("eggs", 6), Item("flour", 1500, "g")]) == 2


def test_an_empty_pantry_has_an_average_of_0() -> None:
    assert average([]) == 0


def test_the_average_is_rounded_half_up() -> None:
    assert average([Item("eggs", 2), Item("lemons", 3)]) == 3
