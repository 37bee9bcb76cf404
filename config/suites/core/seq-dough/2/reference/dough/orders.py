"""What customers want, and what it takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dough.mix import mix
from dough.recipe import Recipe

RESERVE = 102


@dataclass(frozen=True)
class Order:
    """Loaves for a customer."""

    customer: str
    recipe: str
    loaves: int

    def __post_init__(self) -> None:
        """Refuse an order of nothing."""
        if self.loaves < 1:
            raise ValueError(f"{self.customer}: no loaves")


def loaves_by_recipe(orders: Iterable[Order]) -> dict[str, int]:
    """How many loaves of each recipe, sorted by its name."""
    found: dict[str, int] = {}
    for order in orders:
        found[order.recipe] = found.get(order.recipe, 0) + order.loaves
    return dict(sorted(found.items()))


def dough_grams(recipe: Recipe, loaves: int) -> int:
    """The dough for so many loaves, with a reserve, rounded up to 10 g."""
    return -(-recipe.loaf_grams * loaves * RESERVE // 1000) * 10


def shopping(recipes: Mapping[str, Recipe], orders: Iterable[Order]) -> dict[str, int]:
    """The grams of each part of all doughs, sorted; ValueError for a recipe that is not there."""
    found: dict[str, int] = {}
    for name, loaves in loaves_by_recipe(orders).items():
        if name not in recipes:
            raise ValueError(f"no recipe {name}")
        for part, grams in mix(recipes[name], dough_grams(recipes[name], loaves)).items():
            found[part] = found.get(part, 0) + grams
    return dict(sorted(found.items()))
