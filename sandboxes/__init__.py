from __future__ import annotations

from collections.abc import Sequence
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
from .dependencies import Dependencies, DependenciesRefused, Layer, Package
from .fake import FakeSandbox
from .layers import ANALYSIS, BASICS, DRIVER, NODE, Toolset, ensure_toolset
from .opening import Sandboxes, demand, open_sandboxes, probe

__all__ = [
    "ANALYSIS",
    "BASICS",
    "DRIVER",
    "IGNORED",
    "NODE",
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
    "Layer",
    "Limits",
    "Listener",
    "Output",
    "Package",
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
    "Toolset",
    "ensure_toolset",
    "open_sandbox",
    "open_sandboxes",
    "probe",
]

_DEFAULTS = Limits()


async def open_sandbox(
    *,
    cache_dir: Path,
    limits: Limits = _DEFAULTS,
    require: frozenset[str] = frozenset(),
    tools: Sequence[Toolset] = (BASICS,),
) -> Sandbox:
    """One sandbox by bubblewrap, which needs no daemon; for what the settings say, and for many, `open_sandboxes`.

    `require` names what must be enforced (see `Caps`); `tools`, of Python packages, are in it, from layers that are
    made in `cache_dir` once. SandboxUnavailable names what is missing and the next step.
    """
    layers = [(await ensure_toolset(cache_dir, toolset), toolset.place) for toolset in tools]
    sandbox = await open_bubblewrap(limits, layers)
    try:
        demand(sandbox.caps, require)
    except SandboxUnavailable:
        await sandbox.close()
        raise
    return sandbox
