"""Files of a sandbox that are not in its workspace, such as those in /tmp.

The contract of a sandbox knows the workspace only. Whoever runs commands in it can reach the rest all the same, with
the rights of a command; so that is what these are: each is a small program in the sandbox. Links are followed where
they lead, in the sandbox, and what comes back is untrusted.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from ..base import IGNORED, Command, Entry, ExecResult, FileContent, SandboxError, SandboxRefusal
from .turns import Turns

_SECONDS = 60.0
_MOST = 100_000
"""Entries of one listing."""
_ENTRIES: TypeAdapter[list[tuple[str, Literal["file", "folder", "link", "other"], int, bool, float]]] = TypeAdapter(
    list[tuple[str, Literal["file", "folder", "link", "other"], int, bool, float]]
)
_CODES = {
    errno.ENOENT: "file_not_found",
    errno.EISDIR: "is_directory",
    errno.EACCES: "outside_workspace",
    errno.EPERM: "outside_workspace",
    errno.EROFS: "outside_workspace",
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EFBIG: "too_large",
    errno.EINVAL: "not_a_file",
}
_SYSTEM = ("workspace", "tmp", "home")

_PROGRAM = """
import errno, json, os, shutil, stat, sys
KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}

def entry(path):
    status = os.lstat(path)
    kind = KINDS.get(stat.S_IFMT(status.st_mode), "other")
    size = status.st_size if kind == "file" else 0
    return path, kind, size, bool(status.st_mode & 0o100), status.st_mtime

def read(path):
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(file).st_mode
    if not stat.S_ISREG(mode):
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, "")
    with open(file, "rb") as source:
        shutil.copyfileobj(source, sys.stdout.buffer)

def write(path, executable):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.isdir(path):
        raise OSError(errno.EISDIR, "")
    part = f"{os.path.dirname(path)}/.slipway-{os.getpid()}"
    try:
        with open(part, "xb") as target:
            shutil.copyfileobj(sys.stdin.buffer, target)
        os.chmod(part, 0o755 if executable else 0o644)
        os.replace(part, path)
    except OSError:
        if os.path.lexists(part):
            os.unlink(part)
        raise

def entries(path, ignored, deep, most, names):
    found, folders = [], []
    listed = os.listdir(path) if names is None else names
    while True:
        for name in listed:
            try:
                each = entry(os.path.join(path, name))
            except OSError:
                continue
            if deep and name in ignored:
                continue
            found.append(each)
            if len(found) > most:
                raise OSError(errno.EFBIG, "")
            if deep and each[1] == "folder":
                folders.append(each[0])
        if not folders:
            return sorted(found)
        path = folders.pop()
        try:
            listed = os.listdir(path)
        except OSError:
            listed = []

request = json.loads(sys.argv[1])
try:
    operation = request.pop("op")
    if operation in ("read", "write"):
        globals()[operation](**request)
    else:
        told = [entry(**request)] if operation == "stat" else entries(**request)
        json.dump([each for each in told if each[0].isprintable()], sys.stdout)
except OSError as error:
    sys.stderr.write(str(error.errno))
    sys.exit(3)
"""


class Elsewhere:
    """The part of a sandbox that works on files (`slipway.sandboxes.files.Files`), with absolute paths."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` in the sandbox."""
        return await self._turns.exec(command)

    async def read(self, path: str) -> bytes:
        """The bytes of a file; a link is followed."""
        return await self._run({"op": "read", "path": path})

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """Write `files`, each replaced atomically, parent folders made; not all together, as in the workspace."""
        for path, content in files.items():
            command = _command({"op": "write", "path": path, "executable": content.executable}, content.data)
            _check(path, await self._turns.exec(command))

    async def stat(self, path: str) -> Entry:
        """What is at `path`; a link is itself."""
        return (await self._listed({"op": "stat", "path": path}))[0]

    async def entries(self, path: str = "/", *, deep: bool = False) -> Sequence[Entry]:
        """What the folder `path` holds; deep from the root only what programs can write, not the system's files."""
        names = _SYSTEM if deep and path == "/" else None
        request = {"path": path, "deep": deep, "ignored": sorted(IGNORED), "most": _MOST, "names": names}
        return await self._listed({"op": "entries", **request})

    async def _listed(self, request: dict[str, Any]) -> list[Entry]:
        try:
            return [Entry(*row) for row in _ENTRIES.validate_json(await self._run(request))]
        except ValidationError as error:
            raise SandboxError("a listing in the sandbox gave an answer that does not fit") from error

    async def _run(self, request: dict[str, Any]) -> bytes:
        written, result = await self._turns.output(_command(request))
        _check(request["path"], result)
        return written


def _command(request: dict[str, Any], stdin: bytes = b"") -> Command:
    argv = ("python", "-I", "-S", "-c", _PROGRAM, json.dumps(request))
    return Command(argv, stdin=stdin, timeout=_SECONDS)


def _check(path: str, result: ExecResult) -> None:
    if result.ok:
        return
    if result.timed_out:
        raise SandboxRefusal("too_large", f"{path!r} took longer than {_SECONDS:g} s")
    said = result.stderr.text.strip()
    number = int(said) if result.exit_code == 3 and said.isdecimal() and len(said) < 5 else 0
    reason = errno.errorcode.get(number, "the program failed")
    raise SandboxRefusal(_CODES.get(number, "bad_request"), f"{path!r}: {reason}")
