"""The promise of a sandbox: untrusted code runs in it, and nothing of it gets out but bytes that were asked for.

A sandbox has one workspace, `/workspace`, to which all paths here are relative. Every call has a deadline on the host;
a sandbox that does not keep it, or that breaks its protocol, is ended. A command that fails or runs out of time is a
result, a request that a model can correct is a `SandboxRefusal`, a sandbox that is gone is a `SandboxGone`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

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
        """One of `file_not_found`, `is_directory`, `not_a_file`, `outside_workspace`, `no_space`, `too_large` and
        `bad_request`."""


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


@dataclass(frozen=True)
class Caps:
    """What a backend enforces here, by name, each with how it does it; what is missing is not enforced.

    Names: `network`, `filesystem`, `uid`, `processes`, `memory`, `disk`, `inodes`, `file_size`, `seccomp`, `pids`
    (its own process namespace), `nothing_left` (its processes end with the framework).
    """

    backend: str
    enforced: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Command:
    """A command to run. It never touches the host's environment; nothing that it starts outlives it."""

    argv: Sequence[str]
    cwd: str = "."
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    stdin: bytes = b""
    timeout: float = 60.0
    """Seconds; past it every process of the command is killed and the result says `timed_out`."""

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


class Sandbox(Protocol):
    """One sandbox; see the module's docstring. Not for concurrent use: fork it instead."""

    @property
    def caps(self) -> Caps:
        """What is enforced."""
        ...

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` to its end; afterwards no process of it is left."""
        ...

    async def read(self, path: str) -> bytes:
        """The bytes of a file. SandboxRefusal: `file_not_found`, `is_directory`, `not_a_file`, `outside_workspace`."""
        ...

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """Write all of `files`, each replaced atomically, parent folders made. Never follows a link."""
        ...

    async def remove(self, paths: Sequence[str]) -> None:
        """Remove files (a missing one is no error) and the folders that this leaves empty."""
        ...

    async def snapshot(self) -> Manifest:
        """Every regular file of the workspace with its digest, build output and caches left out (`IGNORED`)."""
        ...

    async def fork(self) -> Sandbox:
        """A new sandbox whose workspace holds a copy of this one's files; neither sees the other afterwards."""
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
    "IGNORED", "WORKSPACE", "Caps", "Command", "ExecResult", "FileContent", "FileRef", "Limits", "Manifest", "Output",
    "Sandbox", "SandboxError", "SandboxGone", "SandboxRefusal", "SandboxUnavailable",
]  # fmt: skip
