"""A sandbox in memory, for unit tests: no process is started, nothing is isolated, and nothing can be untrusted.

It keeps the contract for files and for a small table of programs; give it more as plain functions.
"""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..state.records import FileRef, Manifest
from .base import (
    IGNORED,
    WORKSPACE,
    Caps,
    Command,
    Entry,
    ExecResult,
    FileContent,
    Health,
    Limits,
    Listener,
    Output,
    Process,
    SandboxGone,
    SandboxRefusal,
    Stream,
)
from .requests import arguments, inside, kept, may_be_versioned, seconds, variables


@dataclass
class Call:
    """What a program of a `FakeSandbox` is called with; it may change `files` and `links`."""

    argv: Sequence[str]
    env: Mapping[str, str]
    stdin: bytes
    cwd: str
    """Relative to the workspace; "" is the workspace itself."""
    files: dict[str, FileContent]
    links: dict[str, str]

    def path(self, argument: str) -> str:
        """The workspace path that a relative argument means."""
        return inside(posixpath.join(self.cwd, argument))


@dataclass(frozen=True)
class Returned:
    """How a program of a `FakeSandbox` ends."""

    exit_code: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    seconds: float = 0.0
    """How long it took; longer than its timeout means that it was killed. Nothing waits for it."""


Program = Callable[[Call], Returned]
_DEFAULTS = Limits()


class FakeSandbox:
    """The contract of `slipway.sandboxes.base.Sandbox`, in memory. Not a sandbox: run nothing untrusted in it."""

    def __init__(self, programs: Mapping[str, Program] | None = None, limits: Limits = _DEFAULTS) -> None:
        self._programs = {**PROGRAMS, **(programs or {})}
        self._limits = limits
        self._files: dict[str, FileContent] = {}
        self._links: dict[str, str] = {}
        self._closed = False
        self.commands: list[Command] = []
        """Every command that ran, oldest first."""

    @property
    def caps(self) -> Caps:
        """Nothing is enforced, and only commands and files are offered."""
        return Caps("fake", offers={"fork": "copy"})

    async def exec(self, command: Command) -> ExecResult:
        """Call the program; an unknown one exits with 127."""
        self._check_open()
        cwd = inside(command.cwd)
        self._check_folder(cwd)
        argv, given = arguments(command.argv), variables(command.env)
        timeout, limit = seconds(command.timeout), kept(command.output_bytes) or self._limits.output_bytes
        if command.terminal is not None:
            raise _unsupported("run a command on a terminal")
        self.commands.append(command)
        await asyncio.sleep(0)
        call = Call(argv, {**_ENVIRONMENT, **given}, command.stdin, cwd, self._files, self._links)
        returned = run(self._programs, call)
        late = returned.seconds >= timeout
        return ExecResult(
            exit_code=124 if late else returned.exit_code,
            stdout=self._kept(returned.stdout, limit),
            stderr=self._kept(returned.stderr, limit),
            seconds=min(returned.seconds, timeout),
            timed_out=late,
        )

    async def start(self, command: Command) -> Process:
        """Refused: nothing runs here."""
        self._check_open()
        raise _unsupported("start a process")

    async def connect(self, port: int) -> Stream:
        """Refused: nothing listens here."""
        self._check_open()
        raise _unsupported("connect to a port")

    async def listen(self, port: int = 0) -> Listener:
        """Refused: there is no network."""
        self._check_open()
        raise _unsupported("listen on a port")

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """For each path the bytes of its file, or why there are none."""
        found: dict[str, bytes | SandboxRefusal] = {}
        for path in paths:
            try:
                found[path] = await self.read(path)
            except SandboxRefusal as refusal:
                found[path] = refusal
        return found

    async def read(self, path: str) -> bytes:
        """The bytes of a file."""
        self._check_open()
        plain = inside(path)
        self._check_links(plain, last=True)
        if plain in self._files:
            return self._files[plain].data
        if self._is_folder(plain):
            raise SandboxRefusal("is_directory", f"{path!r} is a folder")
        raise SandboxRefusal("file_not_found", f"{path!r} does not exist")

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """Write all of `files`."""
        self._check_open()
        plain = {inside(path): content for path, content in files.items()}
        for path in plain:
            self._check_writable(path)
            if any(parent in plain for parent in _parents(path)):
                raise SandboxRefusal("is_directory", f"a parent of {path!r} is to be a file")
        self._check_space(plain)
        for path, content in plain.items():
            self._links.pop(path, None)
            self._files[path] = content

    async def remove(self, paths: Sequence[str]) -> None:
        """Remove files; folders exist only through the files in them."""
        self._check_open()
        for path in [inside(path) for path in paths]:
            self._check_links(path, last=False)
            if self._is_folder(path):
                raise SandboxRefusal("is_directory", f"{path!r} is a folder; name the files in it")
            self._files.pop(path, None)
            self._links.pop(path, None)

    async def stat(self, path: str) -> Entry:
        """What is at `path`."""
        self._check_open()
        plain = inside(path)
        self._check_links(plain, last=False)
        if plain not in self._files and plain not in self._links and not self._is_folder(plain):
            raise SandboxRefusal("file_not_found", f"{path!r} does not exist")
        return self._entry(plain)

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """What the folder `path` holds."""
        self._check_open()
        folder = inside(path)
        self._check_folder(folder)
        found: set[str] = set()
        for name in (*self._files, *self._links):
            if not folder or name.startswith(f"{folder}/"):
                below = name[len(folder) + 1 :].split("/") if folder else name.split("/")
                steps = range(1, len(below) + 1 if deep else 2)
                visible = [below[:count] for count in steps if not (deep and IGNORED & set(below[:count]))]
                found |= {"/".join([folder, *parts] if folder else parts) for parts in visible}
        return [self._entry(name) for name in sorted(found)]

    async def snapshot(self) -> Manifest:
        """Every file with its digest."""
        self._check_open()
        return {
            path: FileRef(hashlib.sha256(content.data).hexdigest(), content.executable)
            for path, content in sorted(self._files.items())
            if not IGNORED & set(path.split("/")) and may_be_versioned(path)
        }

    async def fork(self) -> FakeSandbox:
        """A sandbox with the same programs and a copy of the files."""
        self._check_open()
        copy = FakeSandbox(self._programs, self._limits)
        copy._files, copy._links = dict(self._files), dict(self._links)
        return copy

    async def health(self) -> Health:
        """The files that it holds."""
        self._check_open()
        return Health(0, 0, sum(len(content.data) for content in self._files.values()), len(self._files), 0.0)

    async def close(self) -> None:
        """Drop everything."""
        self._closed = True
        self._files, self._links = {}, {}

    def _check_open(self) -> None:
        if self._closed:
            raise SandboxGone("the sandbox was closed")

    def _check_folder(self, cwd: str) -> None:
        self._check_links(cwd, last=True)
        if not self._is_folder(cwd):
            raise SandboxRefusal("bad_request" if cwd in self._files else "file_not_found", f"{cwd!r} is no folder")

    def _check_writable(self, path: str) -> None:
        self._check_links(path, last=False)
        if self._is_folder(path):
            raise SandboxRefusal("is_directory", f"{path!r} is a folder; give the path of a file")
        for parent in _parents(path):
            if parent in self._files:
                raise SandboxRefusal("bad_request", f"{parent!r} in {path!r} is a file, not a folder")

    def _check_space(self, new: Mapping[str, FileContent]) -> None:
        if sum(len(content.data) for content in {**self._files, **new}.values()) > self._limits.workspace_bytes:
            raise SandboxRefusal("no_space", "the workspace is full; remove some files")

    def _check_links(self, path: str, *, last: bool) -> None:
        for place in [*_parents(path), *([path] if last else [])]:
            if place in self._links:
                raise SandboxRefusal("outside_workspace", f"{place!r} is a symbolic link; links are not followed")

    def _entry(self, path: str) -> Entry:
        if path in self._links:
            return Entry(path, "link", 0, False, 0.0)
        if path in self._files:
            content = self._files[path]
            return Entry(path, "file", len(content.data), content.executable, 0.0)
        return Entry(path or ".", "folder", 0, False, 0.0)

    def _is_folder(self, path: str) -> bool:
        return not path or any(name.startswith(f"{path}/") for name in self._files)

    def _kept(self, data: bytes, most: int) -> Output:
        limit = min(most, self._limits.output_bytes)
        if len(data) <= limit:
            return Output(data, len(data))
        return Output(data[: limit - limit // 2] + data[len(data) - limit // 2 :], len(data))


def _unsupported(what: str) -> SandboxRefusal:
    return SandboxRefusal("unsupported", f"the fake sandbox cannot {what}; use a real one")


def run(programs: Mapping[str, Program], call: Call) -> Returned:
    """Call the program that `call.argv` names; `sh -c` takes one simple command."""
    name = posixpath.basename(call.argv[0])
    if name == "sh" and name not in programs and len(call.argv) == 3:
        call.argv = shlex.split(call.argv[2])
        return run(programs, call)
    if name not in programs:
        return Returned(127, stderr=f"cannot run {call.argv[0]!r}: No such file or directory\n".encode())
    try:
        return programs[name](call)
    except (KeyError, SandboxRefusal) as error:
        return Returned(1, stderr=f"{name}: {error}\n".encode())


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


# --- programs --------------------------------------------------------------------------------------------------------

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/home/slipway", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def _cat(call: Call) -> Returned:
    names = call.argv[1:]
    return Returned(stdout=b"".join(call.files[call.path(name)].data for name in names) if names else call.stdin)


def _printenv(call: Call) -> Returned:
    if len(call.argv) == 1:
        return Returned(stdout="".join(f"{name}={value}\n" for name, value in call.env.items()).encode())
    value = call.env.get(call.argv[1])
    return Returned(1) if value is None else Returned(stdout=f"{value}\n".encode())


def _head(call: Call) -> Returned:
    option, count, source = call.argv[1:4]
    if option != "-c":
        return Returned(2, stderr=b"head: only -c is known here\n")
    data = bytes(int(count)) if source == "/dev/zero" else call.files[call.path(source)].data
    return Returned(stdout=data[: int(count)])


def _cp(call: Call) -> Returned:
    call.files[call.path(call.argv[2])] = call.files[call.path(call.argv[1])]
    return Returned()


def _ln(call: Call) -> Returned:
    _, option, target, name = call.argv
    if option != "-s":
        return Returned(2, stderr=b"ln: only -s is known here\n")
    call.links[call.path(name)] = target
    return Returned()


PROGRAMS: dict[str, Program] = {
    "true": lambda call: Returned(),
    "false": lambda call: Returned(1),
    "cat": _cat,
    "echo": lambda call: Returned(stdout=(" ".join(call.argv[1:]) + "\n").encode()),
    "exit": lambda call: Returned(int(call.argv[1])),
    "printenv": _printenv,
    "pwd": lambda call: Returned(stdout=(posixpath.join(WORKSPACE, call.cwd).rstrip("/") + "\n").encode()),
    "sleep": lambda call: Returned(seconds=float(call.argv[1])),
    "head": _head,
    "cp": _cp,
    "ln": _ln,
}
"""What every `FakeSandbox` knows."""
