"""How an installed folder comes out of a sandbox: a program inside writes it to its output, here it is written down.

What comes is untrusted, although nothing but an installer ran there: every path is checked, nothing is followed, and
size and number are bounded. A link may only lead to a file of the same layer.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..frozen import find_python_by_path
from .base import DependenciesRefused

PACKER = """
import json, os, shutil, sys
root = sys.argv[1]
out = sys.stdout.buffer
def say(**header):
    out.write(json.dumps(header).encode("ascii") + b"\\n")
for folder, folders, files in os.walk(root):
    folders.sort()
    place = os.path.relpath(folder, root)
    for name in sorted(folders + files):
        path = os.path.join(folder, name)
        here = name if place == "." else place + "/" + name
        if os.path.islink(path):
            say(path=here, kind="link", target=os.readlink(path))
        elif name in folders:
            say(path=here, kind="folder")
        elif os.path.isfile(path):
            with open(path, "rb") as file:
                found = os.fstat(file.fileno())
                say(path=here, kind="file", size=found.st_size, executable=bool(found.st_mode & 0o100))
                shutil.copyfileobj(file, out)
say(kind="end")
out.flush()
"""
_HEADER = 16 << 10


class Unpacking:
    """Writes what the packer sends into a new folder, piece by piece."""

    def __init__(self, folder: Path, *, files: int, size: int) -> None:
        self._folder = folder
        self._files_left = files
        self._size_left = size
        self._known: dict[str, str] = {"": "folder"}
        self._links: dict[str, str] = {}
        self._header = b""
        self._file: _File | None = None
        self._ended = False
        folder.mkdir(mode=0o755)

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Blocks on the file system. DependenciesRefused for what a layer must not hold."""
        while piece:
            if self._ended:
                raise DependenciesRefused("the installed packages were followed by something else")
            if self._file is not None:
                piece = self._file.take(piece)
                self._file = None if self._file.whole else self._file
                continue
            line, newline, piece = piece.partition(b"\n")
            self._header += line
            if len(self._header) > _HEADER:
                raise DependenciesRefused("the installed packages cannot be read")
            if newline:
                header, self._header = _header(self._header), b""
                self._begin(header)

    def close(self) -> None:
        """Let go of the file that is being written, if any."""
        if self._file is not None:
            self._file.close()

    def finish(self) -> tuple[int, int]:
        """Make the links. How many files and links there are, and their bytes."""
        if not self._ended:
            raise DependenciesRefused("the installed packages did not come out whole")
        for path, target in self._links.items():
            self._link(path, target)
        entries = [path for path, kind in self._known.items() if kind != "folder"]
        return len(entries), sum((self._folder / path).lstat().st_size for path in entries)

    def _begin(self, header: Mapping[str, Any]) -> None:
        if header["kind"] == "end":
            self._ended = True
            return
        path = self._place(header.get("path"))
        self._files_left -= 1
        if self._files_left < 0:
            raise DependenciesRefused(
                "the installed packages have too many files for a layer (sandbox.install.layer_files); ask for fewer"
            )
        self._known[path] = header["kind"]
        match header["kind"]:
            case "folder":
                (self._folder / path).mkdir(mode=0o755)
            case "file":
                self._begin_file(path, header.get("size"), executable=header.get("executable") is True)
            case "link":
                self._links[path] = str(header.get("target"))
            case _:
                raise DependenciesRefused("the installed packages hold what is no file, folder or link")

    def _begin_file(self, path: str, size: object, *, executable: bool) -> None:
        if type(size) is not int or not 0 <= size <= self._size_left:
            raise DependenciesRefused(
                "the installed packages are too large for a layer (sandbox.install.layer_mb); ask for fewer"
            )
        self._size_left -= size
        file = _File(self._folder / path, size, program=executable and path.startswith("bin/"), executable=executable)
        self._file = None if file.whole else file

    def _place(self, path: object) -> str:
        if not isinstance(path, str) or not path or path.startswith("/") or not path.isprintable() or len(path) > 2000:
            raise DependenciesRefused("the installed packages hold a path that cannot be kept")
        parts = path.split("/")
        parent = "/".join(parts[:-1])
        if any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts) or path in self._known:
            raise DependenciesRefused("the installed packages hold a path that cannot be kept")
        if self._known.get(parent) != "folder":
            raise DependenciesRefused("the installed packages hold a file in no folder")
        return path

    def _link(self, path: str, target: str) -> None:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        # Only real folders of the layer stand on the way, so that what is read here is where the kernel goes.
        if target.startswith("/") or self._known.get(place) != "file" or not _climbs_first(target):
            raise DependenciesRefused(f"the installed packages hold a link to {target!r}, which is no file of theirs")
        (self._folder / path).symlink_to(target)


class _File:
    def __init__(self, path: Path, size: int, *, program: bool, executable: bool) -> None:
        self._path = path
        self._left = size
        self._program = program
        self._executable = executable
        self._file = path.open("xb")
        self.take(b"")

    @property
    def whole(self) -> bool:
        return self._file.closed

    def take(self, piece: bytes) -> bytes:
        """Write what is the file's; what is not is given back."""
        self._file.write(piece[: self._left])
        rest = piece[self._left :]
        self._left -= len(piece) - len(rest)
        if not self._left:
            self.close()
            if self._program:
                find_python_by_path(self._path)
            self._path.chmod(0o555 if self._executable else 0o444)
        return rest

    def close(self) -> None:
        self._file.close()


def _climbs_first(target: str) -> bool:
    parts = target.split("/")
    return ".." not in parts[next((i for i, part in enumerate(parts) if part != ".."), len(parts)) :]


def _header(line: bytes) -> dict[str, Any]:
    try:
        said: object = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("kind"), str) or len(line) > _HEADER:
        raise DependenciesRefused("the installed packages cannot be read")
    return cast(dict[str, Any], said)
