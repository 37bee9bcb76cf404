"""Boxes of the wall."""

from dataclasses import dataclass

SIZES = ("S", "M", "L")


@dataclass(frozen=True)
class Box:
    """A box with a door."""

    number: int
    size: str = "M"

    def __post_init__(self) -> None:
        """Refuse a size that no box has."""
        if self.size not in SIZES:
            raise ValueError(f"box {self.number}: no size {self.size}")


def holds(box: Box, size: str) -> bool:
    """Whether a parcel of that size goes in."""
    return size in SIZES and SIZES.index(size) <= SIZES.index(box.size)
