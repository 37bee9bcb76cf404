"""Giving seeds, and sowing them."""

from seedbank.lots import Lot


def give(lots: list[Lot], species: str, grams: int, year: int) -> list[tuple[str, int]]:
    """The grams to take of each lot. ValueError where the living lots have too little."""
    raise NotImplementedError


def grams_to_sow(lot: Lot, perfect: int, year: int) -> int:
    """The grams that do what `perfect` grams of perfect seed do. ValueError where nothing would sprout."""
    raise NotImplementedError
