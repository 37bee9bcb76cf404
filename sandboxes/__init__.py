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
from .fake import FakeSandbox
from .layers import ensure_toolchain

__all__ = [
    "IGNORED",
    "WORKSPACE",
    "Caps",
    "Command",
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
    "Stream",
    "Terminal",
    "ensure_toolchain",
    "open_sandbox",
    "probe",
]

_DEFAULTS = Limits()


async def open_sandbox(
    *, cache_dir: Path, limits: Limits = _DEFAULTS, require: frozenset[str] = frozenset(), toolchain: bool = True
) -> Sandbox:
    """A new sandbox of the strictest kind that works here, never a plain process.

    `require` names what must be enforced (see `Caps`); `toolchain` puts pytest and ruff into it, from a layer that is
    made in `cache_dir` once. SandboxUnavailable names what is missing and the next step.
    """
    layer = await ensure_toolchain(cache_dir) if toolchain else None
    sandbox = await open_bubblewrap(limits, layer)
    missing = sorted(require - sandbox.caps.enforced.keys())
    if missing:
        await sandbox.close()
        has = ", ".join(sorted(sandbox.caps.enforced))
        raise SandboxUnavailable(
            f"required, but not enforced by {sandbox.caps.backend} here: {', '.join(missing)} (enforced: {has}); "
            "require less, or use a machine that enforces it"
        )
    return sandbox


async def probe(cache_dir: Path) -> Caps:
    """What would be enforced here, by opening a sandbox and closing it. SandboxUnavailable as for `open_sandbox`."""
    sandbox = await open_sandbox(cache_dir=cache_dir, toolchain=False)
    await sandbox.close()
    return sandbox.caps
