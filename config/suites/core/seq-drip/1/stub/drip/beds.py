"""What grows where."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bed:
    """A bed."""

    name: str
    area_dm2: int
    crop: str
