"""The workspace as a whole: digests of its files, and copies of it to lay down in another sandbox."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Any

from .tree import REGULAR, Tree, is_text, open_or_none, read_all, write_all
from .wire import PAGE, PIECE, Json, Refusal, Reply

Key = tuple[int, int, int, int]
Part = tuple[str, str, int, int, int, Any]
"""Kind, path, mode, time, offset, and length (of a link: its target)."""


class Digests:
    """The files that can be part of a version."""

    def __init__(self, tree: Tree, ignored: frozenset[str], capacity: int) -> None:
        self.tree = tree
        self.ignored = ignored
        self.capacity = capacity
        self.known: dict[str, tuple[Key, str]] = {}
        self.age = 0
        """Grows whenever what was known may be wrong; a snapshot that is being read page by page must see that."""

    def forget(self) -> None:
        """Trust no digest any more: a command can change a file of a tmpfs through a mapping without a new time."""
        self.known.clear()
        self.age += 1

    def snapshot(self) -> Iterator[Json]:
        """Every regular file that can be part of a version, in pages: path, digest, executable."""
        before, self.known, age = self.known, {}, self.age
        files: list[tuple[str, str, bool]] = []
        total = size = 0
        for path, folder, name, status in self.tree.entries("", self.ignored):
            if not stat.S_ISREG(status.st_mode) or not is_text(path):
                continue
            total += status.st_size
            if total > self.capacity:
                raise Refusal("too_large", f"the files have more than {self.capacity} bytes together; remove some")
            digest = self._digest(before.get(path) if age == self.age else None, folder, name, status)
            if digest is None:
                continue
            if age == self.age:
                self.known[path] = (key_of(status), digest)
            files.append((path, digest, bool(status.st_mode & 0o100)))
            size += len(path) * 6 + 80
            if size > PAGE:
                yield {"files": files, "more": True}
                files, size = [], 0
        yield {"files": files, "more": False}

    def _digest(self, known: tuple[Key, str] | None, folder: int, name: str, status: os.stat_result) -> str | None:
        if known is not None and known[0] == key_of(status):
            return known[1]
        file = open_or_none(name, REGULAR, folder)
        if file is None:
            return None
        try:
            return digest_of(file)
        finally:
            os.close(file)


class Copies:
    """Packs a workspace into frames, and unpacks such frames."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def pack(self) -> Iterator[Reply]:
        """All files, folders and links, in frames of pieces."""
        pieces: list[Part] = []
        body = bytearray()
        size = 0
        for path, folder, name, status in self.tree.entries("", frozenset()):
            for piece, data in self._pieces(path, folder, name, status):
                if len(body) + len(data) > PIECE or size > PAGE:
                    yield {"pieces": pieces, "more": True}, bytes(body)
                    pieces, body, size = [], bytearray(), 0
                pieces.append(piece)
                body += data
                size += len(path) * 6 + 60
        yield {"pieces": pieces, "more": False}, bytes(body)

    def _pieces(self, path: str, folder: int, name: str, status: os.stat_result) -> Iterator[tuple[Part, bytes]]:
        mode, when = status.st_mode & 0o777, status.st_mtime_ns
        if stat.S_ISDIR(status.st_mode):
            yield ("folder", path, mode, when, 0, 0), b""
        elif stat.S_ISLNK(status.st_mode):
            yield ("link", path, mode, when, 0, os.readlink(name, dir_fd=folder)), b""
        elif stat.S_ISREG(status.st_mode):
            file = open_or_none(name, REGULAR, folder)
            if file is None:
                return
            try:
                yield from ((("file", path, mode, when, at, len(data)), data) for at, data in chunks(file))
            finally:
                os.close(file)

    def unpack(self, pieces: list[Part], body: bytes) -> None:
        """Lay down what another workspace packed."""
        position = 0
        parent, folder = "", os.dup(self.tree.root)
        try:
            for kind, path, mode, when, offset, last in pieces:
                above, name = os.path.split(path)
                if above != parent:
                    os.close(folder)
                    folder = os.dup(self.tree.root)  # so that the descriptor is open should the walk fail
                    parent, walked = above, self.tree.folder(above)
                    os.close(folder)
                    folder = walked
                if kind == "folder":
                    os.mkdir(name, mode | 0o700, dir_fd=folder)
                elif kind == "link":
                    os.symlink(last, name, dir_fd=folder)
                else:
                    append_file(name, folder, body[position : position + last], mode, when, offset)
                    position += last
        finally:
            os.close(folder)


def key_of(status: os.stat_result) -> Key:
    """What changes when a file's contents do."""
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns)


def digest_of(file: int) -> str:
    """SHA-256 of an open file."""
    import hashlib  # 10 ms that a sandbox without a snapshot does not need

    digest = hashlib.sha256()
    while piece := os.read(file, 1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def chunks(file: int) -> Iterator[tuple[int, bytes]]:
    """The bytes of an open file with their offsets; an empty file is one empty piece."""
    offset = 0
    data = read_all(file, PIECE)
    yield offset, data
    while len(data) == PIECE:
        offset += len(data)
        data = read_all(file, PIECE)
        if data:
            yield offset, data


def append_file(name: str, folder: int, data: bytes, mode: int, when: int, offset: int) -> None:
    """Make a file from its first piece, or add a later one."""
    how = os.O_CREAT | os.O_EXCL if offset == 0 else os.O_APPEND
    file = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | how, 0o600, dir_fd=folder)
    try:
        write_all(file, data)
        os.fchmod(file, mode | 0o600)
        os.utime(file, ns=(when, when))
    finally:
        os.close(file)
