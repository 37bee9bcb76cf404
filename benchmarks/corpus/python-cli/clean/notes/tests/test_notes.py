from collections.abc import Iterator
from pathlib import Path

import pytest

from notes.cli import main
from notes.database import Notes


@pytest.fixture
def notes() -> Iterator[Notes]:
    with Notes(":memory:") as opened:
        yield opened


def test_the_newest_is_found_first(notes: Notes) -> None:
    for text in ("buy Milk", "call Bo", "milk again"):
        notes.add(text)
    assert [note.text for note in notes.find("milk")] == ["milk again", "buy Milk"]


@pytest.mark.parametrize("text", ["100%", "a_b", "it's", "back\\slash"])
def test_signs_are_only_signs(notes: Notes, text: str) -> None:
    notes.add(text)
    notes.add("something else")
    assert [note.text for note in notes.find(text)] == [text]


def test_what_is_gone_is_gone(notes: Notes) -> None:
    number = notes.add("one")
    assert [notes.remove(number), notes.remove(number)] == [True, False]


def test_notes_outlast_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ["--file", str(tmp_path / "notes.db")]
    assert main([*file, "add", "hello"]) == 0
    assert main([*file, "find", "hell"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("\thello")
    assert main([*file, "remove", "2"]) == 1
