"""The promise of a sandbox: untrusted code runs in it, and nothing of it gets out but bytes that were asked for.

A sandbox has one workspace, `/workspace`, to which all paths here are relative. Every call has a deadline on the host;
a sandbox that does not keep it, or that breaks its protocol, is ended. A command that fails or runs out of time is a
result, a request that a model can correct is a `SandboxRefusal`, a sandbox that is gone is a `SandboxGone`.

The contract is small on purpose. What can be done with it is written once, as functions over it: `files` (edit, glob,
grep), `versions` (restore, diff, export), `services` and `previews`, `dependencies` (install).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, Self

from ..state.records import FileRef, Manifest
from .text import readable

WORKSPACE = "/workspace"


class SandboxError(Exception):
    """Anything that went wrong with a sandbox."""


class SandboxUnavailable(SandboxError):
    """No sandbox can be had on this machine, or not one as strict as required; the message names the next step."""


class SandboxGone(SandboxError):
    """The sandbox ended, broke its protocol or did not answer in time; nothing of it is left running."""


class SandboxRefusal(SandboxError):
    """A request that cannot be met as it stands; `code` is for programs, the message for a model to act on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """One of `CODES`."""


CODES = frozenset({
    "file_not_found", "is_directory", "not_a_file", "outside_workspace", "no_space", "too_large", "bad_request",
    "permission_denied", "busy", "not_listening", "not_ready", "unsupported", "dependencies_refused",
})  # fmt: skip
"""`busy`: a command runs already; `not_listening`: no program of the sandbox answers on that port; `not_ready`: a
service ended or did not answer in time; `unsupported`: this kind of sandbox never does that, and its `Caps.offers` says
so; `dependencies_refused`: the package gate says why."""


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use; where a limit cannot be enforced, `Caps` says so."""

    memory_bytes: int = 1 << 30
    processes: int = 256
    workspace_bytes: int = 512 << 20
    workspace_files: int = 100_000
    file_bytes: int = 1 << 30
    open_files: int = 4096
    output_bytes: int = 64 << 10
    """Of each stream of a command: its head and its tail are kept."""
    cpus: float = 1.0
    """Processors' worth of time."""


@dataclass(frozen=True)
class Caps:
    """What a backend enforces here, by name, each with how it does it; what is missing is not enforced.

    Names: `network`, `filesystem`, `uid`, `processes`, `memory`, `cpu`, `disk`, `inodes`, `file_size`, `seccomp`,
    `pids` (its own process namespace), `nothing_left` (its processes end with the framework), `kernel` (a kernel of its
    own, or one in between); and, so that sandboxes neither starve nor hear each other, `user_tables` (what the kernel
    counts for each uid: watches, queued signals, pages of pipes), `terminals`, `own_files` (watches and locks).
    """

    backend: str
    enforced: Mapping[str, str] = field(default_factory=dict[str, str])
    offers: Mapping[str, str] = field(default_factory=dict[str, str])
    """What it can do beyond running commands and moving files, each with how: `processes` (`start`), `terminal`,
    `connect`, `listen`, `fork`, `layers`. What is missing is refused as `unsupported`."""


@dataclass(frozen=True)
class Terminal:
    """The size of a terminal, in characters."""

    rows: int = 24
    columns: int = 80


@dataclass(frozen=True)
class Command:
    """A command to run. It never touches the host's environment; nothing that it starts outlives it."""

    argv: Sequence[str]
    cwd: str = "."
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    stdin: bytes = b""
    timeout: float = 60.0
    """Seconds; past it every process of the command is killed and the result says `timed_out`. `math.inf`, for
    `start` only: until it is stopped."""
    output_bytes: int | None = None
    """Kept of each stream, at most the sandbox's own limit, which is also what None means."""
    terminal: Terminal | None = None
    """Run on a terminal of this size: stdin is what is typed, stdout all that appears, stderr empty."""

    @classmethod
    def shell(cls, script: str, *, cwd: str = ".", timeout: float = 60.0) -> Command:
        """`script` run by `/bin/sh`."""
        return cls(("/bin/sh", "-c", script), cwd=cwd, timeout=timeout)


@dataclass(frozen=True)
class Output:
    """One stream of a command: its head and tail, and how much there was."""

    data: bytes
    size: int
    """Bytes written in all; larger than `len(data)` where the middle was dropped."""

    @property
    def text(self) -> str:
        """UTF-8 with replacement, without control, escape or bidirectional characters; says what was dropped."""
        return readable(self.data, self.size)


@dataclass(frozen=True)
class ExecResult:
    """How a command ended. A non-zero exit and a timeout are results, not errors."""

    exit_code: int
    """The exit status; 128 + n for a process ended by signal n, 124 where it timed out."""
    stdout: Output
    stderr: Output
    seconds: float
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Exit status 0, in time."""
        return self.exit_code == 0 and not self.timed_out


@dataclass(frozen=True)
class FileContent:
    """A file to be written."""

    data: bytes
    executable: bool = False


@dataclass(frozen=True)
class Entry:
    """Something in the workspace, as lstat(2) sees it."""

    path: str
    kind: Literal["file", "folder", "link", "other"]
    size: int
    """Bytes; 0 for what is not a file."""
    executable: bool
    modified: float
    """Seconds since 1970-01-01 UTC."""


@dataclass(frozen=True)
class Piece:
    """Output of a running command, as it came."""

    stream: Literal["stdout", "stderr"]
    data: bytes


@dataclass(frozen=True)
class Health:
    """What a sandbox uses just now."""

    processes: int
    """The agent not counted."""
    memory_bytes: int
    workspace_bytes: int
    workspace_files: int
    seconds: float
    """How long the agent took to answer."""
    ports: tuple[int, ...] = ()
    """On which its programs listen."""


class Process(Protocol):
    """A command that is running, used as `async with`; leaving that ends it and whatever it started."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc_info: object) -> None: ...

    def __aiter__(self) -> AsyncIterator[Piece]:
        """Its output from now on, until it ends. A reader that is slow slows the command, never loses anything."""
        ...

    async def write(self, data: bytes) -> None:
        """Send to its stdin, or type on its terminal; waits while the command takes nothing."""
        ...

    async def end_input(self) -> None:
        """Close its stdin; on a terminal, type Ctrl-D."""
        ...

    async def resize(self, terminal: Terminal) -> None:
        """Tell it a new size of its terminal."""
        ...

    async def wait(self) -> ExecResult:
        """How it ended. Its output is there, too, head and tail, whether it was iterated over or not."""
        ...

    async def stop(self) -> ExecResult:
        """End it now (exit code 137), or return how it ended."""
        ...


class Stream(Protocol):
    """A connection with a program in the sandbox."""

    async def read(self) -> bytes:
        """The next bytes, at least one; none at all at the end. SandboxGone where the sandbox ended."""
        ...

    async def write(self, data: bytes) -> None:
        """Send; waits while the other side takes nothing. ConnectionResetError where it is gone."""
        ...

    async def end(self) -> None:
        """Send nothing more; the other direction goes on."""
        ...

    async def close(self) -> None:
        """Drop the connection. Harmless twice."""
        ...


class Listener(Protocol):
    """A port on the sandbox's loopback, answered by the host. `async with`: leaving it closes the port."""

    port: int

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc_info: object) -> None: ...

    async def accept(self) -> Stream:
        """The next connection that a program of the sandbox made; what it sends is untrusted."""
        ...


class Sandbox(Protocol):
    """One sandbox; see the module's docstring. One command at a time: fork it for another."""

    @property
    def caps(self) -> Caps:
        """What is enforced, and what is offered."""
        ...

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` to its end; afterwards no process of it is left.

        Waits for another `exec`; SandboxRefusal `busy` while a process that was started runs.
        """
        ...

    async def start(self, command: Command) -> Process:
        """Start `command` and return at once: for output as it comes, input as it is needed, a terminal, a server.

        Until it has ended `exec` and `start` are refused as `busy`; files can be read and written meanwhile.
        """
        ...

    async def connect(self, port: int) -> Stream:
        """Connect to a port that a program of this sandbox listens on, on its loopback. Refusal: `not_listening`."""
        ...

    async def listen(self, port: int = 0) -> Listener:
        """Listen on the sandbox's loopback for what its programs want of the outside; 0: any free port."""
        ...

    async def read(self, path: str) -> bytes:
        """The bytes of a file. SandboxRefusal: `file_not_found`, `is_directory`, `not_a_file`, `outside_workspace`."""
        ...

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """For each path the bytes of its file, or why there are none."""
        ...

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """Write all of `files`, each replaced atomically, parent folders made. Never follows a link."""
        ...

    async def remove(self, paths: Sequence[str]) -> None:
        """Remove files (a missing one is no error) and the folders that this leaves empty."""
        ...

    async def stat(self, path: str) -> Entry:
        """What is at `path`; a link is itself. SandboxRefusal: `file_not_found`, `outside_workspace`."""
        ...

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """What the folder `path` holds, sorted by path; `deep`: at any depth, `IGNORED` left out."""
        ...

    async def snapshot(self) -> Manifest:
        """Every regular file of the workspace with its digest, build output and caches left out (`IGNORED`)."""
        ...

    async def fork(self) -> Sandbox:
        """A new sandbox whose workspace holds a copy of this one's files; neither sees the other afterwards."""
        ...

    async def health(self) -> Health:
        """What it uses now. SandboxGone where it does not answer in time."""
        ...

    async def close(self) -> None:
        """End every process and drop the workspace. Closing twice is harmless."""
        ...


IGNORED = frozenset({
    ".git", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".venv", "venv", "node_modules",
    ".hypothesis", ".coverage", ".cache",
})  # fmt: skip
"""Names of files and folders that never become part of a version."""

__all__ = [
    "CODES", "IGNORED", "WORKSPACE", "Caps", "Command", "Entry", "ExecResult", "FileContent", "FileRef", "Health",
    "Limits", "Listener", "Manifest", "Output", "Piece", "Process", "Sandbox", "SandboxError", "SandboxGone",
    "SandboxRefusal", "SandboxUnavailable", "Stream", "Terminal",
]  # fmt: skip
