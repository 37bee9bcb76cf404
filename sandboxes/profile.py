"""What is the same in every sandbox, whoever makes it: who runs in it, where things are, what the agent is told."""

from __future__ import annotations

import json
from collections.abc import Collection

from .base import IGNORED, WORKSPACE, Limits

UID = 10001
"""The uid and gid inside."""
HOME = "/home/slipway"
OWN = "/opt/slipway"
"""Where our own read-only parts are: `bin` with the interpreter, `toolchain` with pytest, ruff and ast-grep."""
TOOLCHAIN = f"{OWN}/toolchain"
ANALYSIS_PLACE = f"{OWN}/analysis"
"""Where tools are that only checks use."""
NODE_TOOLS_PLACE = f"{OWN}/node/node_modules"
"""Likewise those that run on Node.js; on no way that a project's imports are looked for."""
BROWSER_PLACE = f"{OWN}/browser"
"""Where the driver of a browser is."""
BROWSER_LIMITS = Limits(memory_bytes=2 << 30, processes=512, workspace_bytes=128 << 20, workspace_files=2000, cpus=2.0)
"""What a sandbox with a browser may use: several processes a page, many threads each, and no files of a project."""
PYTHON = f"{OWN}/python"
"""Where the Python packages are that a project depends on."""
NODE = "/node_modules"
"""Likewise for Node.js, which looks there after every folder between a program and the root."""
_PROGRAMS = {PYTHON: f"{PYTHON}/bin", NODE: f"{NODE}/.bin", TOOLCHAIN: f"{TOOLCHAIN}/bin"}
"""Where the programs of a layer are, in the order in which they are looked for."""
TMP_BYTES, HOME_BYTES, SHM_BYTES = 128 << 20, 64 << 20, 64 << 20
SMALL_FILES = 10_000
"""Files in each of the sized file systems beside the workspace."""


def environment(places: Collection[str]) -> dict[str, str]:
    """The environment of every command where layers stand at `places`."""
    programs = [program for place, program in _PROGRAMS.items() if place in places]
    modules = [place for place in (PYTHON, TOOLCHAIN) if place in places]
    common = {
        "PATH": ":".join([f"{OWN}/bin", *programs, "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {**common, "PYTHONPATH": ":".join(modules)} if modules else common


def agent_settings(limits: Limits, *, count_processes: bool, life: int | None) -> str:
    """What the agent is told: `count_processes` where RLIMIT_NPROC counts this sandbox alone, `life` a descriptor."""
    watched = {WORKSPACE: limits.workspace_files, "/tmp": SMALL_FILES, HOME: SMALL_FILES, "/dev/shm": SMALL_FILES}
    return json.dumps({
        "root": WORKSPACE,
        "life": life,
        "ignored": sorted(IGNORED),
        "limits": {
            "memory_bytes": limits.memory_bytes,
            # Twice the limit: memory that is never touched is no harm, and the watchdog sees what is. The agent, which
            # is bound by it too, moves frames of 64 MiB.
            "data_bytes": max(2 * limits.memory_bytes, 512 << 20),
            "processes": limits.processes,
            "nproc": limits.processes + 1 if count_processes else 0,
            "workspace_bytes": limits.workspace_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
            "output_bytes": limits.output_bytes,
            "files": watched,
        },
    })  # fmt: skip
