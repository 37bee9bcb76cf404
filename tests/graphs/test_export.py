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


def test_an_empty_folder_is_filled_where_it_stands(home: Path) -> None:
    """It may be a mount point, or another program may have it open: it must stay the folder that it is."""
    into = home / "tally"
    into.mkdir(mode=0o2710)
    into.chmod(0o2710)
    before = into.stat()
    export(FILES, into)
    assert (into.stat().st_ino, into.stat().st_mode) == (before.st_ino, before.st_mode)
    assert held(into) == FILES
    assert sorted(path.name for path in home.iterdir()) == ["diary", "tally"]


def test_a_new_folder_appears_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks while it is written must not take a part for the whole; it takes its name when all is in it."""
    seen: list[dict[str, tuple[bytes, bool]]] = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        assert not (home / "tally").exists()
        seen.append(held(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    export(FILES, home / "tally")
    assert seen == [FILES]


@pytest.mark.parametrize("there", [False, True])
def test_a_second_time_changes_nothing(home: Path, there: bool) -> None:
    """A run that was killed after its export delivers again."""
    if there:
        (home / "tally").mkdir()
    export(FILES, home / "tally")
    inode = (home / "tally").stat().st_ino
    export(FILES, home / "tally")
    assert held(home) == {"diary": (b"dear", False)} | {f"tally/{path}": file for path, file in FILES.items()}
    assert (home / "tally").stat().st_ino == inode


@pytest.mark.parametrize("done", range(len(FILES) + 1))
def test_a_fill_that_was_cut_short_is_completed(home: Path, done: int) -> None:
    """The process was killed while it filled a folder; the next passage of the run delivers again."""
    into = home / "tally"
    into.mkdir()
    names = list(FILES)
    export({name: FILES[name] for name in names[:done]}, into)
    for name in names[done : done + 1]:
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / f"{name}.slipway-part").write_bytes(FILES[name][0][:1])
    export(FILES, into)
    assert held(into) == FILES


@pytest.mark.parametrize(
    "there",
    [
        {"mine.txt": b"mine"},
        {"README.md": b"mine"},
        {"README.md": b""},
        {"a/b/mine.txt": b"mine"},
        {"mine.txt.slipway-part": b"mine"},
        {"README.md.slipway-part.slipway-part": b"mine"},
        {path: data for path, (data, _) in FILES.items()} | {"x": b""},
    ],
)
def test_a_folder_that_holds_something_else_is_left_alone(home: Path, there: dict[str, bytes]) -> None:
    for path, data in there.items():
        (home / "tally" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "tally" / path).write_bytes(data)
    with pytest.raises(OSError, match="which is not of this run"):
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
    with pytest.raises(ValueError, match="is not a path inside the project"):
        export({path.format(home=home): (b"x", False)}, home / "tally")
    assert held(home) == {"diary": (b"dear", False)}


@pytest.mark.parametrize("path", [".git/hooks/post-checkout", "lib/.git/config", "a\\b", "a\nb"])
@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_written_that_no_project_holds(home: Path, path: str, there: bool) -> None:
    if there:
        (home / "tally").mkdir()
    with pytest.raises(ValueError, match="may not hold"):
        export({**FILES, path: (b"x", True)}, home / "tally")
    assert held(home) == {"diary": (b"dear", False)}


@pytest.mark.parametrize(
    ("link", "to"),
    [("bin", ""), ("a", ""), ("README.md", "diary"), ("README.md.slipway-part", "diary"), ("other", ""), ("x", "gone")],
)
def test_a_link_within_the_target_is_not_followed(home: Path, link: str, to: str) -> None:
    """Between the check at the start and the end of a run, somebody may put one there."""
    (home / "tally").mkdir()
    (home / "tally" / link).symlink_to(home / to)
    with pytest.raises(OSError):
        export(FILES, home / "tally")
    assert sorted(path.name for path in home.iterdir()) == ["diary", "tally"]
    assert (home / "diary").read_bytes() == b"dear" and (home / "tally" / link).is_symlink()


def test_a_link_in_the_place_of_the_target_is_not_followed(home: Path) -> None:
    (home / "empty").mkdir()
    (home / "tally").symlink_to(home / "empty")
    with pytest.raises(OSError):
        export(FILES, home / "tally")
    assert list((home / "empty").iterdir()) == [] and (home / "tally").is_symlink()


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
        "diary/x": "'diary/x' cannot be written: Not a directory; name another directory with --into",
    }
    assert sorted(path.name for path in home.iterdir()) == ["diary", "empty", "full", "link"]


@pytest.mark.parametrize("into", ["x" * 300, "x" * 250, "~nobody-of-this-name/x", "a\0b", "x" * 5000, "d/" * 3000])
def test_targets_that_have_no_place_are_refused_at_the_start(
    home: Path, into: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    with pytest.raises(UsageError) as caught:
        check_target(into)
    assert str(caught.value).startswith(f"{into!r} cannot be written: ")
    assert str(caught.value).endswith("; name another directory with --into")
    assert [path.name for path in home.iterdir()] == ["diary"]


@pytest.mark.parametrize("into", ["tally", "./tally", "new/deep/tally", "~/tally", "."])
def test_a_target_is_told_as_an_absolute_path(home: Path, into: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run may be resumed from another directory."""
    (home / "work").mkdir()
    monkeypatch.chdir(home / "work")
    monkeypatch.setenv("HOME", str(home))
    wanted = home / "tally" if into.startswith("~") else home / "work" / into
    assert check_target(into) == check_target(Path(into)) == wanted
    assert list((home / "work").iterdir()) == []
