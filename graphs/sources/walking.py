"""A directory's files, as far as they belong to a project, and what was left out of it with the reason.

Only reads: names, kinds, bytes and the executable bit. Nothing that the directory holds decides what is run, opened
elsewhere or followed: links are never opened; one to a file that is imported becomes a copy of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...config import UsageError
from ...state.records import project_path
from ...state.text import visible
from .ignoring import Rules
from .leaving import file_left_out, folder_left_out
from .secrets import secret_by_name, secret_in

Files = dict[str, tuple[bytes, bool]]


@dataclass(frozen=True)
class Bounds:
    """How much an import may take; sizes in bytes."""

    files: int = 20_000
    total: int = 256 << 20
    entries: int = 400_000
    """Names that are looked at, those of what is left out included."""
    text: int = 4 << 20
    """A larger file is left out."""
    binary: int = 1 << 20
    """A larger file with a null byte is left out."""
    depth: int = 64
    """Folders in folders."""


BOUNDS = Bounds()


@dataclass
class Source:
    """What was read of a directory."""

    files: Files = field(default_factory=Files)
    """Path -> bytes, and whether it is executable."""
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    """Path -> why; a folder's ends with a slash, and stands for all that is in it."""


def read_source(
    root: Path, tracked: Collection[str] | None = None, exclude: bytes = b"", bounds: Bounds = BOUNDS
) -> Source:
    """The files of `root` that belong to a project.

    `tracked`: what version control keeps; it is never ignored. `exclude`: ignore rules beside the `.gitignore` files.
    UsageError: it is no directory, cannot be read, or holds more than `bounds` allow.
    """
    if not root.is_dir():
        raise UsageError(f"{str(root)!r} is not a directory; name the one that holds the project")
    walk = _Walk(root, frozenset(tracked or ()), bounds)
    try:
        walk.run(Rules().within("", exclude))
    except OSError as error:
        raise UsageError(f"{error.filename!r} cannot be read: {error.strerror}; mend that, and import again") from error
    return walk.source


@dataclass(frozen=True)
class _Folder:
    prefix: str
    """Empty, or its path with a slash behind it."""
    rules: Rules
    ignored: bool
    """It is excluded, and looked at only for what is tracked in it."""


class _Walk:
    def __init__(self, root: Path, tracked: frozenset[str], bounds: Bounds) -> None:
        self.source = Source()
        self._root = root
        self._place = os.path.realpath(root)
        self._tracked = tracked
        self._holding = {folder for path in tracked for folder in _folders(path)}
        self._bounds = bounds
        self._links: dict[str, str] = {}
        self._seen = self._bytes = 0

    def run(self, rules: Rules) -> None:
        """Read it all."""
        pending = [_Folder("", rules, ignored=False)]
        while pending:
            pending += reversed(list(self._folder(pending.pop())))
        for path in sorted(self._links):
            self._link(path)
        self.source = Source(dict(sorted(self.source.files.items())), dict(sorted(self.source.left_out.items())))

    def _folder(self, folder: _Folder) -> Iterator[_Folder]:
        """Read one folder, and yield those in it that are to be read."""
        place = self._root / folder.prefix
        with os.scandir(place) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
        self._count(len(entries))
        rules = folder.rules
        if not folder.ignored and (text := self._gitignore(entries, place)):
            rules = rules.within(folder.prefix, text)
        for entry in entries:
            path = f"{folder.prefix}{entry.name}"
            is_folder = entry.is_dir(follow_symlinks=False)
            if reason := _unusable(path):
                self._leave(path, is_folder, reason)
                continue
            excluded = folder.ignored or rules.exclude(path, is_folder=is_folder)
            if is_folder:
                if self._enters(path, entry, excluded):
                    yield _Folder(f"{path}/", rules, excluded)
            elif excluded and path not in self._tracked:
                self._leave(path, False, "ignored by .gitignore")
            else:
                self._file(path, entry)

    def _gitignore(self, entries: list[os.DirEntry[str]], place: Path) -> bytes | None:
        for entry in entries:
            if entry.name == ".gitignore" and entry.is_file(follow_symlinks=False):
                return _read(place / entry.name, self._bounds.binary)[0]
        return None

    def _enters(self, path: str, entry: os.DirEntry[str], excluded: bool) -> bool:
        """Whether a folder is to be read; if not, it is left out."""
        tracked = path in self._holding
        with os.scandir(self._root / path) as found:
            inside = {each.name for each in found}
        reason = folder_left_out(entry.name, inside, tracked=tracked)
        if reason is None and excluded and not tracked:
            reason = "ignored by .gitignore"
        if reason is None and path.count("/") >= self._bounds.depth:
            reason = f"more than {self._bounds.depth} folders deep"
        if reason:
            self._leave(path, True, reason)
        return reason is None

    def _file(self, path: str, entry: os.DirEntry[str]) -> None:
        if entry.is_symlink():
            self._links[path] = os.path.realpath(self._root / path)
            return
        if not entry.is_file(follow_symlinks=False):
            self._leave(path, False, "neither a file nor a folder")
            return
        if reason := file_left_out(entry.name) or secret_by_name(path):
            self._leave(path, False, reason)
            return
        data, executable = _read(self._root / path, self._bounds.text + 1)
        if reason := self._unfit(data) or secret_in(data):
            self._leave(path, False, reason)
            return
        self._keep(path, data, executable)

    def _unfit(self, data: bytes) -> str | None:
        if len(data) > self._bounds.text:
            return f"larger than {_mib(self._bounds.text)}"
        if len(data) > self._bounds.binary and b"\0" in data[:8000]:
            return f"binary, and larger than {_mib(self._bounds.binary)}"
        return None

    def _link(self, path: str) -> None:
        target = self._links[path]
        inside = os.path.relpath(target, self._place)
        if inside in self.source.files:
            self._keep(path, *self.source.files[inside])
        elif inside == ".." or inside.startswith("../"):
            self._leave(path, False, "a link that leaves the directory")
        else:
            self._leave(path, False, "a link to a folder" if Path(target).is_dir() else "a link to no imported file")

    def _keep(self, path: str, data: bytes, executable: bool) -> None:
        self.source.files[path] = (data, executable)
        self._bytes += len(data)
        if len(self.source.files) > self._bounds.files:
            self._refuse(f"more than {self._bounds.files:,} files")
        if self._bytes > self._bounds.total:
            self._refuse(f"more than {_mib(self._bounds.total)}")

    def _leave(self, path: str, is_folder: bool, reason: str) -> None:
        self.source.left_out[f"{_shown(path)}{'/' if is_folder else ''}"] = reason

    def _count(self, entries: int) -> None:
        self._seen += entries
        if self._seen > self._bounds.entries:
            self._refuse(f"more than {self._bounds.entries:,} names")

    def _refuse(self, what: str) -> None:
        raise UsageError(
            f"{str(self._root)!r} holds {what} that would be imported; name a smaller directory, or add what does not "
            "belong to the project to its .gitignore"
        )


def _read(path: Path, limit: int) -> tuple[bytes, bool]:
    """At most `limit` bytes of a regular file, and whether it is executable. OSError: by now it is something else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(0, "it is not a file any more", str(path))
        return file.read(limit), bool(facts.st_mode & 0o100)


def _unusable(path: str) -> str | None:
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if path.rpartition("/")[2] == ".git":
        return "version control"
    try:
        project_path(path)
    except ValueError:
        return "its name holds characters that a project may not hold"
    return None


def _shown(path: str) -> str:
    return visible(os.fsencode(path).decode("utf-8", "backslashreplace"))


def _folders(path: str) -> Iterator[str]:
    return (path[:at] for at, character in enumerate(path) if character == "/")


def _mib(size: int) -> str:
    return f"{size / 2**20:g} MiB"
