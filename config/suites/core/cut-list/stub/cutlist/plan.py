"""The plan as text."""

from cutlist.boards import Board

OFFCUT = 300


def plan(boards: list[Board], kerf: int) -> list[str]:
    """A line for each board, and a last one with the sums."""
    raise NotImplementedError
