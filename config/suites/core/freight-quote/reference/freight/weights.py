"""What counts of a shipment's weight."""

from freight.parcels import Parcel

CUBIC_PER_KILO = 5000
HALF = 500


def counted_grams(parcel: Parcel) -> int:
    """The greater of weight and volume weight, rounded up to grams."""
    length, width, height = parcel.sides
    volume = length * width * height
    return max(parcel.grams, -(-volume * 1000 // CUBIC_PER_KILO))


def billed_halves(parcels: list[Parcel]) -> int:
    """The half kilograms that are billed for a shipment."""
    return -(-sum(counted_grams(parcel) for parcel in parcels) // HALF)
