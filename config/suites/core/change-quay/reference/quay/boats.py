"""What wants to lie in the marina."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Boat:
    """A boat; its name is unique."""

    name: str
    length_cm: int
    draught_cm: int
    hulls: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no boat."""
        if not 1 <= self.hulls <= 3:
            raise ValueError(f"{self.name}: a boat has 1 to 3 hulls")

    @property
    def is_multihull(self) -> bool:
        """Whether it has several hulls."""
        return self.hulls > 1
