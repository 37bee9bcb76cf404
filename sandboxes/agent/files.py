from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from .tree import REGULAR, Tree, is_folder, is_text, link_refused, read_all, write_all
from .wire import PAGE, PIECE, Json, Refusal, Reply

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Files:
    """Reads, writes, lists and removes files of a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.staged: list[tuple[str, str, str]] = []

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of the regular file `path`."""
        parent, name = os.path.split(path)
        folder = self.tree.folder(parent)
        try:
            file = open_regular(folder, name, path)
        finally:
            os.close(folder)
        try:
            size = os.fstat(file).st_size
            if size > limit:
                raise Refusal("too_large", f"{path!r} has {size} bytes; at most {limit} can be read at once")
            return read_all(file, size)
        finally:
            os.close(file)

    def read_many(self, paths: list[str], limit: int, error_of: object) -> Reply:
        """The first of `paths` that fit into one frame, at least one: for each its size, or why it cannot be read."""
        assert callable(error_of)
        said: list[object] = []
        body = bytearray()
        for path in paths:
            try:
                data = self.read(path, limit)
            except Refusal as refusal:
                said.append([refusal.code, str(refusal)])
                continue
            except OSError as error:
                said.append(error_of(error, {"path": path}))
                continue
            if said and len(body) + len(data) > PIECE:
                break
            body += data
            said.append(len(data))
        return {"read": said}, bytes(body)

    def write(self, files: list[tuple[str, int, bool]], body: bytes, last: bool) -> None:
        """Take `files` (path, size, executable), whose bytes stand one after the other in `body`.

        They and those of earlier calls take their places with the `last` of them; after a failure none does.
        """
        folders = Folders(self.tree)
        waiting = False
        try:
            self._stage(files, memoryview(body), folders)
            if last:
                self._check(folders)
                for temporary, parent, name in self.staged:
                    os.replace(temporary, name, src_dir_fd=self.tree.root, dst_dir_fd=folders.open(parent))
                self.staged.clear()
            waiting = not last
        finally:
            folders.close()
            if not waiting:
                for temporary, _, _ in self.staged:
                    remove_if_there(temporary, self.tree.root)
                self.staged.clear()

    def _stage(self, files: list[tuple[str, int, bool]], body: memoryview, folders: Folders) -> None:
        mark = f".slipway-{os.urandom(8).hex()}-"
        position = 0
        for number, (path, size, executable) in enumerate(files):
            parent, name = os.path.split(path)
            folders.open(parent)
            temporary = f"{mark}{number}"
            self.staged.append((temporary, parent, name))
            file = os.open(temporary, NEW, 0o755 if executable else 0o644, dir_fd=self.tree.root)
            try:
                write_all(file, body[position : position + size])
            finally:
                os.close(file)
            position += size

    def _check(self, folders: Folders) -> None:
        """See that each can take its place, before the first one does; what is made for one may be in another's way."""
        for _, parent, name in self.staged:
            if not name or folders.holds(parent, name):
                path = os.path.join(parent, name)
                raise Refusal("is_directory", f"{path or '.'!r} is a folder; give the path of a file")

    def remove(self, paths: list[str]) -> None:
        """Remove files, and the folders that are empty afterwards."""
        for path in paths:
            parent, name = os.path.split(path)
            try:
                folder = self.tree.folder(parent)
            except FileNotFoundError:
                continue
            try:
                if not name or is_folder(name, folder):
                    raise Refusal("is_directory", f"{path or '.'!r} is a folder; name the files in it")
                remove_if_there(name, folder)
            finally:
                os.close(folder)
            self._prune(parent)

    def _prune(self, path: str) -> None:
        while path:
            parent, name = os.path.split(path)
            folder = self.tree.folder(parent)
            try:
                os.rmdir(name, dir_fd=folder)
            except OSError:
                return  # not empty
            finally:
                os.close(folder)
            path = parent

    def stat(self, path: str) -> Json:
        """What is at `path`."""
        return {"entry": entry_of(path or ".", self.tree.status(path))}

    def entries(self, path: str, ignored: frozenset[str], deep: bool) -> Iterator[Json]:
        """What the folder `path` holds, in pages."""
        found: list[object] = []
        size = 0
        for place, _, _, status in self.tree.entries(path, ignored, deep):
            if not is_text(place):
                continue
            found.append(entry_of(place, status))
            size += len(place) * 6 + 80
            if size > PAGE:
                yield {"entries": found, "more": True}
                found, size = [], 0
        yield {"entries": found, "more": False}


class Folders:
    """The folders of a batch of files, made and kept open: a batch has few folders and many files."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.descriptors: dict[str, int] = {}
        self.asked: dict[str, int] = {}
        self.listed: dict[str, set[str]] = {}
        """Folder -> the folders in it, of those that were asked for often."""

    def open(self, path: str) -> int:
        """A descriptor of the folder `path`."""
        if path not in self.descriptors:
            if len(self.descriptors) > 500:
                os.close(self.descriptors.pop(next(iter(self.descriptors))))
            self.descriptors[path] = self.tree.folder(path, make=True)
            self._remember(path)
        return self.descriptors[path]

    def holds(self, path: str, name: str) -> bool:
        """Whether `name` in the folder `path` is a folder itself; a listing answers for many names at once."""
        folder = self.open(path)
        if path in self.listed:
            return name in self.listed[path]
        self.asked[path] = self.asked.get(path, 0) + 1
        if self.asked[path] > 8:
            with os.scandir(folder) as listing:
                self.listed[path] = {entry.name for entry in listing if entry.is_dir(follow_symlinks=False)}
        return is_folder(name, folder)

    def _remember(self, path: str) -> None:
        """It and those above it are folders by now, whatever was listed before."""
        while path:
            above, name = os.path.split(path)
            if above in self.listed:
                self.listed[above].add(name)
            path = above

    def close(self) -> None:
        """Close them all."""
        for descriptor in self.descriptors.values():
            os.close(descriptor)


def entry_of(path: str, status: os.stat_result) -> list[object]:
    """Path, kind, size, executable, seconds since the epoch."""
    kind = KINDS.get(stat.S_IFMT(status.st_mode), "other")
    size = status.st_size if kind == "file" else 0
    return [path, kind, size, kind == "file" and bool(status.st_mode & 0o100), status.st_mtime]


def open_regular(folder: int, name: str, path: str) -> int:
    """Open a regular file for reading; what is none is refused by its kind."""
    if not name:
        raise Refusal("is_directory", f"{path or '.'!r} is a folder")
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise link_refused(name, path)
    if stat.S_ISDIR(mode):
        raise Refusal("is_directory", f"{path!r} is a folder")
    if stat.S_ISREG(mode):
        file = os.open(name, REGULAR, dir_fd=folder)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)  # a running command put something else there since
    raise Refusal("not_a_file", f"{path!r} is a pipe, socket or device")


def remove_if_there(name: str, folder: int) -> None:
    """Unlink a file; a missing one is no error."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass
