"""The pieces that are needed."""

from dataclasses import dataclass

SHORTEST = 10


@dataclass(frozen=True)
class Piece:
    """What is sawn off a board."""

    name: str
    length: int
    """Millimetres."""


def parse_pieces(text: str) -> list[Piece]:
    """One piece for each that is counted. ValueError names the line that is wrong."""
    raise NotImplementedError
