from pathlib import Path

import pytest

from rota.cli import main
from rota.people import Person, parse
from rota.planner import counts, plan


def test_c1_weeks_of_absence_are_read() -> None:
    assert parse("Ada Berg: 12, 20-22\n\nBo\nCy:\n") == [
        Person("Ada Berg", frozenset({12, 20, 21, 22})),
        Person("Bo"),
        Person("Cy"),
    ]


@pytest.mark.parametrize("weeks", ["x", "0", "5-4", "3-", "0-2"])
def test_c1_wrong_weeks_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], weeks: str) -> None:
    file = tmp_path / "people.txt"
    file.write_text(f"Ada: 1-1\n\nBo: 7, {weeks}\n", encoding="utf-8")
    assert main([str(file)]) == 1
    assert capsys.readouterr() == ("", f"rota: {file}: line 3: no weeks {weeks}\n")


def test_c1_a_name_is_there_once() -> None:
    with pytest.raises(ValueError, match="^line 2: Ada is there twice$"):
        parse("Ada: 3\n Ada \n")


def test_c2_the_fewest_duties_are_next() -> None:
    people = parse("Ada: 1-3\nBo\nCy")
    assert plan(people, 1, 7) == ["Bo", "Cy", "Bo", "Ada", "Cy", "Ada", "Bo"]
    assert plan(people, 4, 3) == ["Ada", "Bo", "Cy"]


def test_c3_nobody_has_two_weeks_in_a_row() -> None:
    people = parse("Ada: 1-3\nBo")
    assert plan(people, 1, 6) == ["Bo", "Bo", "Bo", "Ada", "Bo", "Ada"]


def test_c4_nobody_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.txt"
    file.write_text("Ada: 14\n", encoding="utf-8")
    assert main([str(file), "--first", "13", "--weeks", "3"]) == 0
    assert capsys.readouterr().out == "13: Ada\n14: -\n15: Ada\n"


def test_c5_counts_follow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.txt"
    file.write_text("Bo\nAda\nCy: 1-9\n", encoding="utf-8")
    assert main([str(file), "--weeks", "3", "--counts"]) == 0
    assert capsys.readouterr().out == "1: Bo\n2: Ada\n3: Bo\n\nBo: 2\nAda: 1\nCy: 0\n"
    assert counts([Person("X")], [None, "X", "X"]) == [("X", 2)]
