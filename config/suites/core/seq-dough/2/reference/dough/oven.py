"""What is baked together."""

from collections.abc import Iterable, Mapping

from dough.orders import Order, loaves_by_recipe
from dough.recipe import Recipe

OVEN_LOAVES = 12


def loads(recipes: Mapping[str, Recipe], orders: Iterable[Order]) -> list[tuple[str, int]]:
    """Recipe and loaves of each load, the hottest first; ValueError for a recipe that is not there."""
    wanted = loaves_by_recipe(orders)
    for name in wanted:
        if name not in recipes:
            raise ValueError(f"no recipe {name}")
    found = []
    for name in sorted(wanted, key=lambda name: (-recipes[name].degrees, name)):
        full, rest = divmod(wanted[name], OVEN_LOAVES)
        found += [(name, OVEN_LOAVES)] * full
        if rest:
            found.append((name, rest))
    return found
