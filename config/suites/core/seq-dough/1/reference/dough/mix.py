"""Weights of a dough."""

from dough.recipe import Recipe

FLOUR = 100


def mix(recipe: Recipe, grams: int) -> dict[str, int]:
    """The grams of each part, the flour first; ValueError for no dough at all."""
    if grams < 1:
        raise ValueError(f"no dough of {grams} g")
    whole = FLOUR + sum(recipe.parts.values())
    others = {part: (2 * percent * grams + whole) // (2 * whole) for part, percent in recipe.parts.items()}
    return {"flour": grams - sum(others.values()), **others}
