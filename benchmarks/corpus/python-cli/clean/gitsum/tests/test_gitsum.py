from pathlib import Path

import pytest

from gitsum.cli import by_author, main
from gitsum.history import Change, changes

LINES = ["@Ada", "", "3\t1\ta.py", "-\t-\tlogo.png", "@Bo", "", "10\t0\twith space.txt"]


def test_each_change_has_the_author_above_it() -> None:
    assert changes(LINES) == [
        Change("Ada", "a.py", 3, 1), Change("Ada", "logo.png", 0, 0), Change("Bo", "with space.txt", 10, 0),
    ]  # fmt: skip


def test_authors_are_ranked_by_lines() -> None:
    assert by_author(changes(LINES)) == [("Bo", 10), ("Ada", 4)]


def test_a_folder_that_git_cannot_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith(f"gitsum: {tmp_path}/nowhere: ")
