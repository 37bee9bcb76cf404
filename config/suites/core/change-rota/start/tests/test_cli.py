from pathlib import Path

import pytest

from rota.cli import main


def test_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.txt"
    file.write_text("Ada\n\nBo\n", encoding="utf-8")
    assert main([str(file), "--weeks", "3"]) == 0
    assert capsys.readouterr().out == "1: Ada\n2: Bo\n3: Ada\n"


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["missing.txt"]) == 1
    assert capsys.readouterr().err.startswith("rota: missing.txt: ")
