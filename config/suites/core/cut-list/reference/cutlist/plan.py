"""The plan as text."""

from cutlist.boards import Board, left

OFFCUT = 300


def plan(boards: list[Board], kerf: int) -> list[str]:
    """A line for each board, and a last one with the sums."""
    lines = [_line(board, kerf) for board in boards]
    rests = [left(board, kerf) for board in boards]
    new = sum(not board.old for board in boards)
    offcuts = sum(rest >= OFFCUT for rest in rests)
    waste = sum(rest for rest in rests if rest < OFFCUT)
    lines.append(f"new boards {new}, offcuts {offcuts}, waste {waste} mm, yield {_yield(boards)}%")
    return lines


def _line(board: Board, kerf: int) -> str:
    pieces = ", ".join(f"{piece.name} {piece.length}" for piece in board.pieces)
    return f"{board.length}: {pieces}; left {left(board, kerf)}"


def _yield(boards: list[Board]) -> str:
    if not boards:
        return "0.0"
    whole = sum(board.length for board in boards)
    used = sum(piece.length for board in boards for piece in board.pieces)
    tenths = (used * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"
