import json
from pathlib import Path

import pytest

from dups.cli import main
from dups.finding import digest, duplicates, files_below


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"a": "same", "b/c": "same", "d": "size", "e": "other text", "f": ""}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_only_equal_contents_are_duplicates(folder: Path) -> None:
    assert duplicates(files_below(folder, 1)) == [[folder / "a", folder / "b/c"]]


def test_small_files_are_left_out(folder: Path) -> None:
    assert list(files_below(folder, 5)) == [folder / "e"]


def test_the_digest_is_sha256(folder: Path) -> None:
    assert digest(folder / "f") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_groups_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [[str(folder / "a"), str(folder / "b/c")]]


def test_a_folder_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere"]) == 1
    assert capsys.readouterr().err == "dups: nowhere: is no folder\n"
