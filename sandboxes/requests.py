"""What every sandbox asks of a request, and how it refuses it."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Mapping, Sequence

from ..state.records import project_path
from .base import SandboxRefusal, Terminal

PATH_LIMIT = 1000
"""Characters in a path."""


def inside(path: str) -> str:
    """`path` normalised, relative to the workspace, "" for the workspace itself; SandboxRefusal where it leads out."""
    if not path or len(path) > PATH_LIMIT or not passable(path):
        raise SandboxRefusal("bad_request", f"{path[:80]!r} is not a path; give one relative to the workspace")
    if path.startswith("/"):
        raise SandboxRefusal("outside_workspace", f"{path!r} is absolute; give a path relative to the workspace")
    plain = posixpath.normpath(path)
    if plain == ".." or plain.startswith("../"):
        raise SandboxRefusal("outside_workspace", f"{path!r} leads out of the workspace; give a path inside it")
    return "" if plain == "." else plain


def passable(text: str) -> bool:
    """Whether the kernel takes `text` as a name or an argument: valid Unicode without a NUL."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def arguments(argv: Sequence[str]) -> list[str]:
    """`argv` as a list; SandboxRefusal where it cannot be run."""
    if not argv or not argv[0] or not all(passable(word) for word in argv):
        raise SandboxRefusal("bad_request", "a command needs a program and arguments of valid text without NUL")
    return list(argv)


def variables(env: Mapping[str, str]) -> dict[str, str]:
    """`env` as a dict; SandboxRefusal where it cannot be an environment."""
    for name, value in env.items():
        if not name or "=" in name or not passable(name + value):
            raise SandboxRefusal("bad_request", f"{name!r} cannot be an environment variable")
    return dict(env)


def seconds(timeout: float) -> float:
    """`timeout`; SandboxRefusal where it is no time to wait."""
    if not math.isfinite(timeout) or timeout <= 0:
        raise SandboxRefusal("bad_request", f"a timeout of {timeout} s; give a positive number of seconds")
    return timeout


def may_be_versioned(path: str) -> bool:
    """Whether a version may hold a file of this path."""
    try:
        project_path(path)
    except ValueError:
        return False
    return True


def kept(output_bytes: int | None) -> int | None:
    """How much of each stream is asked for; SandboxRefusal where that is no size."""
    if output_bytes is not None and output_bytes <= 0:
        raise SandboxRefusal("bad_request", f"{output_bytes} bytes of output cannot be kept; give a positive number")
    return output_bytes


def size_of(terminal: Terminal) -> list[int]:
    """Rows and columns; SandboxRefusal where no terminal has that size."""
    if not (0 < terminal.rows < 1000 and 0 < terminal.columns < 1000):
        raise SandboxRefusal("bad_request", f"no terminal has {terminal.rows} rows and {terminal.columns} columns")
    return [terminal.rows, terminal.columns]


def port_number(port: int) -> int:
    """`port`; SandboxRefusal where it is none."""
    if not 0 < port < 65536:
        raise SandboxRefusal("bad_request", f"{port} is no port; give a number from 1 to 65535")
    return port
