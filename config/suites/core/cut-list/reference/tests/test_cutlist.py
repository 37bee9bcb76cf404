"""Pieces, boards, the plan and the program."""

from pathlib import Path

import pytest

from cutlist.boards import Board, left, place
from cutlist.cli import main
from cutlist.pieces import Piece, parse_pieces
from cutlist.plan import plan


def of(*lengths: int) -> list[Piece]:
    return [Piece(f"p{place}", length) for place, length in enumerate(lengths, 1)]


def lengths(boards: list[Board]) -> list[tuple[int, list[int]]]:
    return [(board.length, [piece.length for piece in board.pieces]) for board in boards]


def test_c1_pieces_are_read_in_order() -> None:
    text = "# shelf\nside 800 2\n\n  back  10\nfoot 44 1"
    assert parse_pieces(text) == [Piece("side", 800), Piece("side", 800), Piece("back", 10), Piece("foot", 44)]
    assert parse_pieces("") == []


@pytest.mark.parametrize("line", ["a", "a 9", "a 100 0", "a 100 1 1", "a x", "a 10.5", "a -50", "a 100 -1"])
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_pieces(f"# x\n\n{line}")


def test_c3_what_is_left_of_a_board() -> None:
    assert left(Board(1000, False), 3) == 1000
    assert left(Board(1000, False, of(400)), 3) == 600
    assert left(Board(1000, False, of(400, 200, 100)), 3) == 294


def test_c3_a_kerf_is_needed_behind_another_piece() -> None:
    assert lengths(place(of(500, 497), 1000, 3, [])) == [(1000, [500, 497])]
    assert lengths(place(of(500, 498), 1000, 3, [])) == [(1000, [500]), (1000, [498])]
    assert lengths(place(of(1000), 1000, 3, [])) == [(1000, [1000])]


def test_c4_the_longest_is_first_on_the_first_board() -> None:
    assert lengths(place(of(300, 700, 600, 250), 1000, 0, [])) == [(1000, [700, 300]), (1000, [600, 250])]
    assert lengths(place(of(700, 600, 200, 190), 1000, 0, [])) == [(1000, [700, 200]), (1000, [600, 190])]


def test_c4_pieces_of_one_length_are_in_the_order_of_names() -> None:
    boards = place([Piece("b", 500), Piece("c", 500), Piece("a", 500)], 1000, 0, [])
    assert [[piece.name for piece in board.pieces] for board in boards] == [["a", "b"], ["c"]]


def test_c4_old_boards_come_first_the_shortest_before() -> None:
    boards = place(of(400, 400, 900), 1000, 3, [950, 410])
    assert lengths(boards) == [(410, [400]), (950, [900]), (1000, [400])]
    assert [board.old for board in boards] == [True, True, False]


def test_c4_old_boards_that_are_not_used_are_left_out() -> None:
    assert lengths(place(of(400), 1000, 3, [399, 400, 500])) == [(400, [400])]
    assert place([], 1000, 3, [500]) == []


def test_c5_a_piece_that_is_too_long_is_named() -> None:
    with pytest.raises(ValueError, match="p2"):
        place(of(100, 1001), 1000, 3, [])
    assert lengths(place(of(1001), 1000, 3, [1200])) == [(1200, [1001])]


def test_c6_the_plan() -> None:
    boards = [Board(700, True, of(400)), Board(1000, False, of(500, 298)), Board(1000, False, of(900))]
    assert plan(boards, 3) == [
        "700: p1 400; left 300",
        "1000: p1 500, p2 298; left 199",
        "1000: p1 900; left 100",
        "new boards 2, offcuts 1, waste 299 mm, yield 77.7%",
    ]


def test_c6_the_yield_is_rounded_half_up() -> None:
    assert plan([Board(2000, False, of(1001))], 3)[-1] == "new boards 1, offcuts 1, waste 0 mm, yield 50.1%"
    assert plan([Board(3000, False, of(2000))], 3)[-1].endswith("yield 66.7%")
    assert plan([Board(300, True, of(100))], 3)[-1] == "new boards 0, offcuts 0, waste 200 mm, yield 33.3%"
    assert plan([], 3) == ["new boards 0, offcuts 0, waste 0 mm, yield 0.0%"]


def test_c7_the_program_prints_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pieces.txt"
    file.write_text("side 1500\nback 897\nfoot 890\n", encoding="utf-8")
    assert main([str(file)]) == 0
    assert capsys.readouterr() == (
        "2400: side 1500, back 897; left 0\n2400: foot 890; left 1510\nnew boards 2, offcuts 1, waste 0 mm, yield 68.5%\n",
        "",
    )
    assert main([str(file), "--stock", "3000", "--kerf", "10", "--offcut", "900", "--offcut", "899"]) == 0
    assert capsys.readouterr().out == (
        "899: back 897; left 2\n900: foot 890; left 10\n3000: side 1500; left 1500\nnew boards 1, offcuts 1, waste 12 mm, yield 68.5%\n"
    )


@pytest.mark.parametrize("text", [None, "a 5", "a 2401"])
def test_c7_a_file_that_cannot_be_used_ends_with_1(text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pieces.txt"
    if text:
        file.write_text(text, encoding="utf-8")
    assert main([str(file)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cutlist: ")


@pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "--kerf", "thin"]])
def test_c7_a_wrong_call_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""
