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
    cuts = max(len(board.pieces) - 1, 0)
    return board.length - sum(piece.length for piece in board.pieces) - kerf * cuts


def place(pieces: list[Piece], stock: int, kerf: int, offcuts: list[int]) -> list[Board]:
    """The boards that are used, old ones first. ValueError names a piece that fits on none."""
    boards = [Board(length, True) for length in sorted(offcuts)]
    for piece in sorted(pieces, key=lambda piece: (-piece.length, piece.name)):
        board = _first(boards, piece, kerf)
        if board is None:
            if piece.length > stock:
                raise ValueError(f"{piece.name} is longer than every board")
            board = Board(stock, False)
            boards.append(board)
        board.pieces.append(piece)
    return [board for board in boards if board.pieces]


def _first(boards: list[Board], piece: Piece, kerf: int) -> Board | None:
    for board in boards:
        needed = piece.length + (kerf if board.pieces else 0)
        if needed <= left(board, kerf):
            return board
    return None
