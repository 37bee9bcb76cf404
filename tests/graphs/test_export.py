"""The files end up in a folder of the person's: all of them or none, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.config import UsageError
from slipway.state.export import check_target, export

FILES = {
    "README.md": ("grüße\n".encode(), False),
    "bin/run": (b"#!/bin/sh\n", True),
    "a/b/c.bin": (b"\0\xff", False),
    "empty": (b"", False),
}


def held(folder: Path) -> dict[str, tuple[bytes, bool]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), bool(path.stat().st_mode & 0o111))
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What stands around the target; nothing of it may change."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "diary").write_text("dear")
    return tmp_path / "home"


def test_everything_is_written_as_it_is(home: Path) -> None:
    into = home / "new" / "tally"
    export(FILES, into)
    assert held(home) == {"diary": (b"dear", False)} | {f"new/tally/{path}": file for path, file in FILES.items()}
    assert into.stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_is_filled(home: Path) -> None:
    (home / "tally").mkdir()
    export(FILES, home / "tally")
    assert held(home / "tally") == FILES
    assert sorted(path.name for path in home.iterdir()) == ["diary", "tally"]


def test_a_second_time_changes_nothing(home: Path) -> None:
    """A run that was killed after its export delivers again."""
    export(FILES, home / "tally")
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    export(FILES, home / "tally")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


@pytest.mark.parametrize(
    "there",
    [{"mine.txt": b"mine"}, {"README.md": b"mine"}, {path: data for path, (data, _) in FILES.items()} | {"x": b""}],
)
def test_a_folder_that_holds_something_else_is_left_alone(home: Path, there: dict[str, bytes]) -> None:
    for path, data in there.items():
        (home / "tally" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "tally" / path).write_bytes(data)
    with pytest.raises(OSError, match="not empty"):
        export(FILES, home / "tally")
    assert held(home / "tally") == {path: (data, False) for path, data in there.items()}
    assert sorted(path.name for path in home.iterdir()) == ["diary", "tally"]


def test_what_cannot_be_written_whole_is_not_written(home: Path) -> None:
    """Half a program that looks like a whole one is worse than none."""
    with pytest.raises(OSError):
        export({**FILES, "x" * 300: (b"", False)}, home / "tally")
    with pytest.raises(OSError):
        export({"a": (b"", False), "a/b": (b"", False)}, home / "tally")
    with pytest.raises(OSError):
        export(FILES, home / "diary")
    assert held(home) == {"diary": (b"dear", False)}
    assert [path.name for path in home.iterdir()] == ["diary"]


@pytest.mark.parametrize("path", ["../escaped", "a/../../escaped", "{home}/escaped", "../tally-2/escaped"])
def test_nothing_is_written_outside(home: Path, path: str) -> None:
    """Versions hold no such path; the last door is closed all the same."""
    with pytest.raises((OSError, ValueError)):
        export({path.format(home=home): (b"x", False)}, home / "tally")
    assert held(home) == {"diary": (b"dear", False)}


def test_a_link_within_the_target_is_not_followed(home: Path) -> None:
    """Between the check at the start and the end of a run, somebody may put one there."""
    (home / "tally").mkdir()
    (home / "tally" / "bin").symlink_to(home)
    with pytest.raises(OSError):
        export(FILES, home / "tally")
    assert held(home)["diary"] == (b"dear", False) and not (home / "run").exists()


def test_targets_that_would_not_do_are_refused_at_the_start(home: Path) -> None:
    """An hour of work must not end at a folder that was never usable."""
    (home / "full").mkdir()
    (home / "full" / "x").touch()
    (home / "empty").mkdir()
    (home / "link").symlink_to(home / "empty")
    for good in (home / "empty", home / "new", home / "new" / "deep"):
        check_target(good)
    said = {}
    for name in ("full", "diary", "link", "diary/x"):
        with pytest.raises(UsageError) as caught:
            check_target(home / name)
        said[name] = str(caught.value).replace(f"{home}/", "")
    assert said == {
        "full": "the directory 'full' is not empty; name a new or an empty one with --into",
        "diary": "'diary' is not a directory; name a new or an empty one with --into",
        "link": "'link' is not a directory; name a new or an empty one with --into",
        "diary/x": "'diary/x' cannot be written: 'diary': Not a directory; name another directory with --into",
    }
    assert sorted(path.name for path in home.iterdir()) == ["diary", "empty", "full", "link"]
