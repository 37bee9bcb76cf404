"""The same promises, for a bench."""

import subprocess
import sys
from pathlib import Path

import pytest

from cutlist.boards import left, place
from cutlist.pieces import Piece, parse_pieces
from cutlist.plan import plan

BENCH = """
leg 450 4
# the seat
seat 1200 2
rail 1100
"""


def test_c1_seven_pieces() -> None:
    pieces = parse_pieces(BENCH)
    assert [piece.length for piece in pieces] == [450, 450, 450, 450, 1200, 1200, 1100]
    assert pieces[-1] == Piece("rail", 1100)


def test_c2_wrong_lines() -> None:
    for line in ("peg 5", "peg ten", "peg"):
        with pytest.raises(ValueError, match="line 6"):
            parse_pieces(BENCH + line)


def test_c3_what_is_left_of_a_bench() -> None:
    boards = place(parse_pieces(BENCH), 2400, 4, [])
    assert [left(board, 4) for board in boards] == [96, 292, 1496]


def test_c4_boards_of_a_bench() -> None:
    boards = place(parse_pieces(BENCH), 2400, 4, [1300, 450])
    assert [(board.length, [piece.name for piece in board.pieces]) for board in boards] == [
        (450, ["leg"]),
        (1300, ["seat"]),
        (2400, ["seat", "rail"]),
        (2400, ["leg", "leg", "leg"]),
    ]


def test_c5_the_seat_is_too_long() -> None:
    with pytest.raises(ValueError, match="seat"):
        place(parse_pieces(BENCH), 1199, 4, [1199])
    assert len(place(parse_pieces(BENCH), 1200, 4, [])) == 5


def test_c6_the_plan_of_a_bench() -> None:
    boards = place(parse_pieces(BENCH), 2400, 4, [1499])
    assert plan(boards, 4) == [
        "1499: seat 1200; left 299",
        "2400: seat 1200, rail 1100; left 96",
        "2400: leg 450, leg 450, leg 450, leg 450; left 588",
        "new boards 2, offcuts 1, waste 395 mm, yield 84.1%",
    ]


def test_c7_one_process(tmp_path: Path) -> None:
    file = tmp_path / "bench.txt"
    file.write_text(BENCH, encoding="utf-8")
    words = [sys.executable, "-m", "cutlist", str(file), "--kerf", "4", "--stock", "5300"]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "5300: seat 1200, seat 1200, rail 1100, leg 450, leg 450, leg 450; left 430",
        "5300: leg 450; left 4850",
        "new boards 2, offcuts 2, waste 0 mm, yield 50.0%",
    ]
