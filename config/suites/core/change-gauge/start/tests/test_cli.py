from pathlib import Path

import pytest

from gauge.cli import main
from gauge.figures import mean
from gauge.readings import Reading, parse


def test_the_mean_is_rounded_half_up() -> None:
    assert mean([Reading("a", 2), Reading("b", 3)]) == 3
    assert mean([Reading("a", -2), Reading("b", -3)]) == -2


def test_a_line_is_a_time_and_a_level() -> None:
    assert parse("a 5\n\nb -6\n") == [Reading("a", 5), Reading("b", -6)]


def test_the_first_of_the_highest_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "levels.txt"
    file.write_text("2026-03-01T06:00 241\n2026-03-01T07:00 244\n2026-03-01T08:00 244\n", encoding="utf-8")
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "mean: 243 cm\nhighest: 244 cm at 2026-03-01T07:00\n"


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["missing.txt"]) == 1
    assert capsys.readouterr().err.startswith("gauge: missing.txt: ")
