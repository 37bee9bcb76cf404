"""Sharing whole cents."""


def share(cents: int, weights: list[int]) -> list[int]:
    """The cents of each weight, which together are `cents`. The sum of the weights is above 0."""
    raise NotImplementedError
