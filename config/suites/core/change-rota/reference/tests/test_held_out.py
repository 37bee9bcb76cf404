from pathlib import Path

import pytest

from rota.cli import main
from rota.people import Person, parse
from rota.planner import counts, plan


def test_c1_ranges_and_single_weeks() -> None:
    assert parse("Di:1,3-3 , 5 - 6") == [Person("Di", frozenset({1, 3, 5, 6}))]
    with pytest.raises(ValueError, match="^line 1: no weeks -2$"):
        parse("Di: -2")
    with pytest.raises(ValueError, match="^line 3: Di is there twice$"):
        parse("Di\nEm\nDi: 4")


def test_c2_who_waits_longest_is_next() -> None:
    people = parse("A: 2\nB: 1\nC")
    assert plan(people, 1, 6) == ["A", "B", "C", "A", "B", "C"]
    assert plan(parse("A: 1\nB\nC: 2"), 1, 5) == ["B", "A", "C", "B", "A"]


def test_c3_a_week_is_passed_over() -> None:
    assert plan(parse("A\nB: 1-2, 5"), 1, 6) == ["A", "A", "B", "A", "A", "B"]
    assert plan(parse("A"), 8, 2) == ["A", "A"]


def test_c4_no_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "none.txt"
    file.write_text("\n", encoding="utf-8")
    assert (main([str(file), "--weeks", "2"]), capsys.readouterr().out) == (0, "1: -\n2: -\n")
    assert plan([Person("A", frozenset({52}))], 52, 2) == [None, "A"]


def test_c5_everybody_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.txt"
    file.write_text("Z: 30\nY", encoding="utf-8")
    assert main([str(file), "--first", "30", "--weeks", "1", "--counts"]) == 0
    assert capsys.readouterr().out == "30: Y\n\nZ: 0\nY: 1\n"
    assert counts([], [None]) == []
