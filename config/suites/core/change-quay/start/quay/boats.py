"""What wants to lie in the marina."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Boat:
    """A boat; its name is unique."""

    name: str
    length_cm: int
    draught_cm: int
