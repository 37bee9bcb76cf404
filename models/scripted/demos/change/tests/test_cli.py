"""The command line."""

from pathlib import Path

import pytest

from pantry.cli import main


def run(path: Path, *words: str) -> int:
    return main(["--file", str(path), *words])


def test_what_is_added_and_taken_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pantry.json"
    assert run(path, "add", "flour", "1500", "--unit", "g") == 0
    assert run(path, "add", "eggs", "6") == 0
    assert run(path, "take", "flour", "400") == 0
    assert run(path, "list") == 0
    assert capsys.readouterr().out == "eggs\t6 pcs\nflour\t1100 g\n"


def test_taking_what_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pantry.json"
    assert run(path, "take", "salt", "1") == 2
    assert capsys.readouterr().err == "pantry: there is no salt\n"
    assert not path.exists()
