"""What is kept."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Lot:
    """Seeds of one harvest, under a code."""

    code: str
    received: date
    seeds: int
