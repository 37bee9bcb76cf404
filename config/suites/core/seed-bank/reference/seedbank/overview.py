"""The whole bank on a page."""

from seedbank.lots import parse_lots
from seedbank.viability import rate, status


def overview(text: str, year: int) -> str:
    """The lots by their rate, and the species that have to be regrown."""
    lots = sorted(parse_lots(text), key=lambda lot: (rate(lot, year), lot.code))
    lines = [f"{lot.code} {status(lot, year)} {rate(lot, year)}%" for lot in lots]
    good = {lot.species for lot in lots if status(lot, year) == "good"}
    weak = {lot.species for lot in lots if status(lot, year) == "regrow"}
    lines.append("regrow: " + (", ".join(sorted(weak - good)) or "none"))
    return "\n".join(lines)
