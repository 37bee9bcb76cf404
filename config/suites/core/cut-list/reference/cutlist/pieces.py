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
    pieces: list[Piece] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            pieces += _pieces(line.split(), number)
    return pieces


def _pieces(words: list[str], number: int) -> list[Piece]:
    if len(words) not in (2, 3) or not all(word.isdecimal() for word in words[1:]):
        raise ValueError(f"line {number}: write NAME LENGTH or NAME LENGTH COUNT")
    length = int(words[1])
    count = int(words[2]) if len(words) == 3 else 1
    if length < SHORTEST or count < 1:
        raise ValueError(f"line {number}: a piece has at least {SHORTEST} mm, and there is at least one")
    return [Piece(words[0], length)] * count
