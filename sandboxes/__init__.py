from __future__ import annotations

from pathlib import Path

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
    Piece,
    Process,
    Sandbox,
    SandboxError,
    SandboxGone,
    SandboxRefusal,
    SandboxUnavailable,
    Stream,
    Terminal,
)
from .bubblewrap import open_bubblewrap
from .dependencies import Dependencies, DependenciesRefused
from .fake import FakeSandbox
from .layers import ensure_toolchain
from .opening import Sandboxes, demand, open_sandboxes, probe

__all__ = [
    "IGNORED",
    "WORKSPACE",
    "Caps",
    "Command",
    "Dependencies",
    "DependenciesRefused",
    "Entry",
    "ExecResult",
    "FakeSandbox",
    "FileContent",
    "Health",
    "Limits",
    "Listener",
    "Output",
    "Piece",
    "Process",
    "Sandbox",
    "SandboxError",
    "SandboxGone",
    "SandboxRefusal",
    "SandboxUnavailable",
    "Sandboxes",
    "Stream",
    "Terminal",
    "ensure_toolchain",
    "open_sandbox",
    "open_sandboxes",
    "probe",
]

_DEFAULTS = Limits()


async def open_sandbox(
    *, cache_dir: Path, limits: Limits = _DEFAULTS, require: frozenset[str] = frozenset(), toolchain: bool = True
) -> Sandbox:
    """One sandbox by bubblewrap, which needs no daemon; for what the settings say, and for many, `open_sandboxes`.

    `require` names what must be enforced (see `Caps`); `toolchain` puts pytest, ruff and ast-grep into it, from a
    layer that is made in `cache_dir` once. SandboxUnavailable names what is missing and the next step.
    """
    layer = await ensure_toolchain(cache_dir) if toolchain else None
    sandbox = await open_bubblewrap(limits, layer)
    try:
        demand(sandbox.caps, require)
    except SandboxUnavailable:
        await sandbox.close()
        raise
    return sandbox
