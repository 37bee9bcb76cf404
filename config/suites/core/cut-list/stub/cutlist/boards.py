"""Boards, and the pieces on them."""

from dataclasses import dataclass, field
from cutlist.pieces import Piece


@dataclass
class Board:
    """A board that pieces are sawn from."""

    length: int
    old: bool
    """It lay around, and was not bought."""
    pieces: list[Piece] = field(default_factory=list)


def left(board: Board, kerf: int) -> int:
    """The millimetres behind the last piece of a board."""
    raise NotImplementedError


def place(pieces: list[Piece], stock: int, kerf: int, offcuts: list[int]) -> list[Board]:
    """The boards that are used, old ones first. ValueError names a piece that fits on none."""
    raise NotImplementedError
