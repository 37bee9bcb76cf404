from pathlib import Path

import pytest

from todo.cli import main
from todo.store import Store, UnknownTask


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.json"


def test_numbers_go_up(file: Path) -> None:
    store = Store(file)
    assert [store.add("one").id, store.add("two").id] == [1, 2]


def test_tags_belong_to_one_task(file: Path) -> None:
    store = Store(file)
    assert [store.add("milk", ["shop"]).text, store.add("rest").text] == ["milk #shop", "rest"]


def test_what_is_done_stays_done(file: Path) -> None:
    store = Store(file)
    store.add("one")
    store.finish(1)
    store.save()
    assert [task.done for task in Store(file).tasks] == [True]


def test_a_number_that_is_none_is_refused(file: Path) -> None:
    with pytest.raises(UnknownTask, match="no task 7"):
        Store(file).finish(7)


def test_the_program_shows_what_is_left(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = ["--file", str(file)]
    assert main([*name, "add", "one"]) == 0
    assert main([*name, "add", "two"]) == 0
    assert main([*name, "done", "1"]) == 0
    capsys.readouterr()
    assert main([*name, "list"]) == 0
    assert capsys.readouterr().out == "  2 [ ] two\n"
    assert main([*name, "done", "9"]) == 1
