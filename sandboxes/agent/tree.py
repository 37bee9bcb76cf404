"""Folders and entries below one root. Paths are walked component by component, and no link is ever followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

from .wire import Refusal

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
PATH_LIMIT = 1000
Found = tuple[str, int, str, os.stat_result]
"""An entry: its path, a descriptor of its folder, its name, its status."""


class Tree:
    """What lies below one folder."""

    def __init__(self, root: str) -> None:
        self.place = root
        self.root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def reopen(self) -> None:
        """Go to what is mounted at the root by now."""
        root = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if self.root >= 0:
            os.close(self.root)
        self.root = root

    def park(self) -> None:
        """Let go of the root, so that something else can be mounted there; until `reopen` there is none."""
        os.chdir("/")  # commands are started from the folder that they run in
        os.close(self.root)
        self.root = -1

    def folder(self, path: str, make: bool = False) -> int:
        """A descriptor of the folder `path`; its parents and itself are made where `make` says so."""
        here = os.dup(self.root)
        for name in components(path):
            try:
                below = self._step(here, name, path, make)
            finally:
                os.close(here)
            here = below
        return here

    def _step(self, here: int, name: str, path: str, make: bool) -> int:
        if make:
            try:
                os.mkdir(name, 0o755, dir_fd=here)
            except FileExistsError:
                pass
        try:
            return os.open(name, FOLDER, dir_fd=here)
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            if stat.S_ISLNK(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode):
                raise link_refused(name, path) from None
            raise Refusal("bad_request", f"{name!r} in {path!r} is a file, not a folder") from None

    def status(self, path: str) -> os.stat_result:
        """The status of what is at `path`; a link is itself."""
        parent, name = os.path.split(path)
        folder = self.folder(parent)
        try:
            return os.stat(name or ".", dir_fd=folder, follow_symlinks=False)
        finally:
            os.close(folder)

    def entries(self, path: str, ignored: frozenset[str], deep: bool = True) -> Iterator[Found]:
        """Everything below `path` but what is named in `ignored`; a folder comes before what is in it."""
        yield from self._below(self.folder(path), path + "/" if path else "", ignored, deep)

    def _below(self, folder: int, prefix: str, ignored: frozenset[str], deep: bool) -> Iterator[Found]:
        try:
            with os.scandir(folder) as listing:
                names = sorted(entry.name for entry in listing if entry.name not in ignored)
            for name in names:
                path = prefix + name
                if len(path) > PATH_LIMIT:
                    continue
                try:
                    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                except (PermissionError, FileNotFoundError):
                    continue  # a folder that its owner closed, a file that a running command took away
                yield path, folder, name, status
                if deep and stat.S_ISDIR(status.st_mode):
                    below = open_or_none(name, FOLDER, folder)
                    if below is not None:
                        yield from self._below(below, path + "/", ignored, deep)
        finally:
            os.close(folder)


def components(path: str) -> list[str]:
    """The names in a relative path; a second guard behind the host's."""
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names or path.startswith("/"):
        raise Refusal("outside_workspace", f"{path!r} leads out of the workspace")
    return names


def link_refused(name: str, path: str) -> Refusal:
    """Why a path with a link in it is not used."""
    return Refusal("outside_workspace", f"{name!r} in {path!r} is a symbolic link; links are not followed")


def is_text(path: str) -> bool:
    """Whether a file name is valid UTF-8."""
    return not any("\ud800" <= c <= "\udfff" for c in path)


def is_folder(name: str, folder: int) -> bool:
    """Whether `name` in `folder` is a folder itself (a link to one is not)."""
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def open_or_none(name: str, flags: int, folder: int) -> int | None:
    """Open what may be unreadable to us, since its owner chose that, or gone, or another thing by now."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            raise
        return None


def read_all(file: int, size: int) -> bytes:
    """`size` bytes of an open file, or fewer where it is shorter."""
    data = os.read(file, min(size, 1 << 20)) if size else b""
    if len(data) == size:
        return data
    whole = bytearray(data)
    while data and len(whole) < size:
        data = os.read(file, min(size - len(whole), 1 << 20))
        whole += data
    return bytes(whole)


def write_all(file: int, data: bytes | memoryview) -> None:
    """Write `data` to its end."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
