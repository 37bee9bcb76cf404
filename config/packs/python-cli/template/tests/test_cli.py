"""What the program promises on its command line."""

from pathlib import Path

import pytest

from app.cli import main


def test_it_prints_the_number_of_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one\ntwo\n", encoding="utf-8")
    assert (main([str(file)]), capsys.readouterr().out) == (0, "2\n")


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["missing.txt"]) == 1
    assert capsys.readouterr().err.startswith("app: missing.txt: ")
