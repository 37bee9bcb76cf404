from pathlib import Path

import pytest

from slugs.cli import main
from slugs.naming import renames, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Été à Lyon", "ete-a-lyon"), ("Straße 7", "strasse-7"), ("--a  b--", "a-b"), ("日本", "")],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_no_two_files_get_one_name() -> None:
    paths = [Path("A b.JPG"), Path("a  b.jpg"), Path("a-b.jpg")]
    assert [str(new) for _, new in renames(paths)] == ["a-b-2.jpg", "a-b-3.jpg"]


def test_nothing_is_renamed_unless_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "My File.txt").touch()
    assert main([str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["My File.txt"]
    assert main([str(tmp_path), "--apply"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["my-file.txt"]
    assert capsys.readouterr().out == "My File.txt -> my-file.txt\n" * 2
