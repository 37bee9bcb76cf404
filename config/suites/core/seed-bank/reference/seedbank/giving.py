"""Giving seeds, and sowing them."""

from seedbank.lots import Lot
from seedbank.viability import rate, status


def give(lots: list[Lot], species: str, grams: int, year: int) -> list[tuple[str, int]]:
    """The grams to take of each lot. ValueError where the living lots have too little."""
    if grams < 1:
        raise ValueError("ask for a gram at least")
    living = [lot for lot in lots if lot.species == species.lower() and status(lot, year) in ("good", "regrow")]
    taken: list[tuple[str, int]] = []
    for lot in sorted(living, key=lambda lot: (lot.year, lot.code)):
        part = min(grams, lot.grams)
        if part > 0:
            taken.append((lot.code, part))
            grams -= part
    if grams > 0:
        raise ValueError(f"{grams} g of {species} are missing")
    return taken


def grams_to_sow(lot: Lot, perfect: int, year: int) -> int:
    """The grams that do what `perfect` grams of perfect seed do. ValueError where nothing would sprout."""
    percent = rate(lot, year)
    if percent == 0:
        raise ValueError(f"nothing of {lot.code} would sprout")
    return -(-perfect * 100 // percent)
