"""The quote for the customer."""

from freight.parcels import parse_parcels
from freight.prices import freight_cents, fuel_cents, long_cents
from freight.weights import billed_halves


def quote(text: str, zone: str) -> str:
    """Weight, freight, long parcels, fuel and total, a line each."""
    parcels = parse_parcels(text)
    halves = billed_halves(parcels)
    freight = freight_cents(zone, halves, len(parcels))
    extra = long_cents(parcels)
    fuel = fuel_cents(freight)
    lines = [
        f"weight {halves // 2}.{halves % 2 * 5} kg",
        f"freight {_amount(freight)}",
        f"long {_amount(extra)}",
        f"fuel {_amount(fuel)}",
        f"total {_amount(freight + extra + fuel)}",
    ]
    return "\n".join(lines)


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
