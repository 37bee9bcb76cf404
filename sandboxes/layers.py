"""Tools that sandboxes share as read-only layers, each made of pinned packages.

Those of Python are made here, once for each lock and Python version, from the package index that pip is configured
for. A layer is complete or not there: it appears under its name by a rename. Those of Node.js are made in a sandbox by
`dependencies.install_tools`.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.resources
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .. import config
from .base import SandboxUnavailable
from .frozen import alone, find_python_by_path, open_to_all
from .pip import pip_command
from .profile import ANALYSIS_PLACE, BROWSER_PLACE, NODE_TOOLS_PLACE, TOOLCHAIN

_INSTALL = 300.0
"""Seconds that pip may take."""


@dataclass(frozen=True)
class Target:
    """A Python that a layer is for, on a machine with the GNU C library."""

    python: str
    """The tag of its compiled code, such as `cpython-311`."""
    machine: str
    """As `platform.machine()` names it."""

    @property
    def options(self) -> list[str]:
        """What makes pip choose wheels for it."""
        version = self.python.removeprefix("cpython-")
        platforms = [f"{name}_{self.machine}" for name in ("manylinux_2_28", "manylinux_2_17", "manylinux2014")]
        choices = [word for platform in platforms for word in ("--platform", platform)]
        return ["--implementation", "cp", "--python-version", f"{version[0]}.{version[1:]}", *choices]


def this_python() -> Target:
    """The one that runs now."""
    return Target(sys.implementation.cache_tag, os.uname().machine)


@dataclass(frozen=True)
class Toolset:
    """Tools that are had together."""

    name: str
    place: str
    """Where they are in a sandbox: for PYTHONPATH, with programs in `bin`."""
    holds: str
    """Which, in words."""
    ecosystem: Literal["python", "node"] = "python"

    @property
    def lock(self) -> str:
        """The pinned packages: one a line, or a `package-lock.json`."""
        return _data(f"{self.name}.txt" if self.ecosystem == "python" else f"{self.name}/package-lock.json")

    @property
    def package_json(self) -> str:
        """What the lock of a toolset of Node.js was made from."""
        return _data(f"{self.name}/package.json")


BASICS = Toolset("toolchain", TOOLCHAIN, "pytest, ruff and ast-grep")
"""What every sandbox of a project has; a project's own tests may use it."""
ANALYSIS = Toolset("analysis", ANALYSIS_PLACE, "mypy, bandit, semgrep, coverage and detect-secrets")
"""What only checks use: it is on no path of a project's programs."""
NODE = Toolset("node-tools", NODE_TOOLS_PLACE, "eslint, TypeScript, vitest and vite", ecosystem="node")
"""What only checks of JavaScript and TypeScript use. A sandbox without Node.js has none of it, and they say so."""
DRIVER = Toolset("browser", BROWSER_PLACE, "Playwright and axe-core")
"""What drives the browser of a sandbox that has one: in no sandbox of a project."""


async def ensure_toolset(cache_dir: Path, toolset: Toolset = BASICS, target: Target | None = None) -> Path:
    """The folder of `toolset`, of Python packages, for `target` (None: this Python), made under `cache_dir` once.

    Readable by every uid. SandboxUnavailable tells why it cannot be had.
    """
    return await asyncio.to_thread(_ensure, cache_dir, toolset, target or this_python())


def _data(name: str) -> str:
    return importlib.resources.files(config).joinpath(name).read_text(encoding="utf-8")


def _ensure(cache_dir: Path, toolset: Toolset, target: Target) -> Path:
    name = toolset.name
    digest = hashlib.sha256(f"{target.python}-{target.machine}\n{toolset.lock}".encode()).hexdigest()
    layer = cache_dir / f"{name}-{digest[:20]}"
    if layer.is_dir():
        return layer
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with alone(cache_dir / f"{name}.lock"):
            if not layer.is_dir():
                _make(layer, toolset, target)
    except OSError as error:
        raise SandboxUnavailable(f"the {name} layer cannot be kept in {cache_dir} ({error.strerror})") from error
    return layer


def _make(layer: Path, toolset: Toolset, target: Target) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{layer.name}.", dir=layer.parent) as temporary:
        made = Path(temporary, "layer")
        _install(made, Path(temporary, "lock.txt"), toolset, target)
        for program in (made / "bin").iterdir():
            find_python_by_path(program)
        open_to_all(made)
        made.rename(layer)


def _install(folder: Path, lock: Path, toolset: Toolset, target: Target) -> None:
    lock.write_text(toolset.lock, encoding="utf-8")
    options = ["--only-binary", ":all:", "--no-deps", "--no-input", "--quiet", "--disable-pip-version-check"]
    options += [] if target == this_python() else target.options
    command = [*pip_command(), "install", *options, "--target", str(folder), "--requirement", str(lock)]
    next_step = (
        f"the first run needs a package index to install {toolset.holds} for the sandbox from: "
        "check that `pip download ruff` works here, then run again"
    )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL, check=False)
    except subprocess.TimeoutExpired:
        said = f"pip did not install the {toolset.name} within {_INSTALL:g} s"
        raise SandboxUnavailable(f"{said}; {next_step}") from None
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise SandboxUnavailable(f"pip could not install the {toolset.name}: {why}; {next_step}")
