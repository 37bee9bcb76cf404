"""Read-only layers that sandboxes share; so far one, the toolchain (pytest, ruff and ast-grep).

It is made once for each lock and Python version, from the package index that pip is configured for, and is complete or
not there: it appears under its name by a rename.
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

from .. import config
from .base import SandboxUnavailable
from .frozen import alone, find_python_by_path, open_to_all
from .pip import pip_command

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


async def ensure_toolchain(cache_dir: Path, target: Target | None = None) -> Path:
    """The folder of the toolchain layer for `target` (None: this Python), made under `cache_dir` where it is missing.

    For use as PYTHONPATH, with programs in `bin`; readable by every uid. SandboxUnavailable tells why it cannot be had.
    """
    return await asyncio.to_thread(_ensure, cache_dir, target or this_python())


def toolchain_lock() -> str:
    """The pinned packages, one a line."""
    return importlib.resources.files(config).joinpath("toolchain.txt").read_text(encoding="utf-8")


def _ensure(cache_dir: Path, target: Target) -> Path:
    digest = hashlib.sha256(f"{target.python}-{target.machine}\n{toolchain_lock()}".encode()).hexdigest()
    layer = cache_dir / f"toolchain-{digest[:20]}"
    if layer.is_dir():
        return layer
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with alone(cache_dir / "toolchain.lock"):
            if not layer.is_dir():
                _make(layer, target)
    except OSError as error:
        raise SandboxUnavailable(f"the toolchain layer cannot be kept in {cache_dir} ({error.strerror})") from error
    return layer


def _make(layer: Path, target: Target) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{layer.name}.", dir=layer.parent) as temporary:
        made = Path(temporary, "layer")
        _install(made, Path(temporary, "lock.txt"), target)
        for program in (made / "bin").iterdir():
            find_python_by_path(program)
        open_to_all(made)
        made.rename(layer)


def _install(folder: Path, lock: Path, target: Target) -> None:
    lock.write_text(toolchain_lock(), encoding="utf-8")
    options = ["--only-binary", ":all:", "--no-deps", "--no-input", "--quiet", "--disable-pip-version-check"]
    options += [] if target == this_python() else target.options
    command = [*pip_command(), "install", *options, "--target", str(folder), "--requirement", str(lock)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL, check=False)
    except subprocess.TimeoutExpired:
        raise SandboxUnavailable(f"pip did not install the toolchain within {_INSTALL:g} s; {_NEXT_STEP}") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()[-1:] or ["it gave no reason"]
        raise SandboxUnavailable(f"pip could not install the toolchain: {said[0]}; {_NEXT_STEP}")


_NEXT_STEP = (
    "the first run needs a package index to install pytest, ruff and ast-grep for the sandbox from: "
    "check that `pip download ruff` works here, then run again"
)
