"""How much water a bed needs."""

from drip.beds import Bed


def litres(bed: Bed, degrees: int) -> int:
    """The need of a bed."""
    raise NotImplementedError
