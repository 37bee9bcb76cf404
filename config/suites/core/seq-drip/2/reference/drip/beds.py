"""What grows where."""

from dataclasses import dataclass

RATES = {"tomato": 60, "bean": 45, "herb": 20}


@dataclass(frozen=True)
class Bed:
    """A bed of one crop."""

    name: str
    area_dm2: int
    crop: str
    covered: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no bed."""
        if self.area_dm2 < 1:
            raise ValueError(f"{self.name}: no area")
        if self.crop not in RATES:
            raise ValueError(f"{self.name}: no crop {self.crop}")
