"""What counts of a shipment's weight."""

from freight.parcels import Parcel

CUBIC_PER_KILO = 5000

HALF = 500


def counted_grams(parcel: Parcel) -> int:
    """The greater of weight and volume weight, rounded up to grams."""
    raise NotImplementedError


def billed_halves(parcels: list[Parcel]) -> int:
    """The half kilograms that are billed for a shipment."""
    raise NotImplementedError
