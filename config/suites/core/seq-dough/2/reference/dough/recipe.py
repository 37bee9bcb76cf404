"""Recipes, in percent of the flour."""

from collections.abc import Mapping
from dataclasses import dataclass

MILK_WATER = 87


@dataclass(frozen=True)
class Recipe:
    """What goes into a dough besides 100 percent of flour."""

    name: str
    parts: Mapping[str, int]
    loaf_grams: int = 1000
    degrees: int = 230

    def __post_init__(self) -> None:
        """Refuse what is no recipe."""
        for part, percent in self.parts.items():
            if part == "flour":
                raise ValueError("flour is always 100")
            if percent < 1:
                raise ValueError(f"{part}: no percentage")


def hydration(recipe: Recipe) -> int:
    """How wet it is, in percent of the flour, rounded half up."""
    hundredths = recipe.parts.get("water", 0) * 100 + recipe.parts.get("milk", 0) * MILK_WATER
    return (hundredths + 50) // 100
