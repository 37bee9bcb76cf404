"""Weights of a dough."""


def mix(recipe: object, grams: int) -> dict[str, int]:
    """The grams of each part."""
    raise NotImplementedError
