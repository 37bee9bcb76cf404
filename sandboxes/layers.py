"""Read-only layers that sandboxes share; so far one, the toolchain (pytest and ruff).

It is made once for each lock and Python version, from the package index that pip is configured for, and is complete or
not there: it appears under its name by a rename.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import importlib.resources
import importlib.util
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .. import config
from .base import SandboxUnavailable

_INSTALL = 300.0
"""Seconds that pip may take."""


async def ensure_toolchain(cache_dir: Path) -> Path:
    """The folder of the toolchain layer, made under `cache_dir` where it is missing.

    For use as PYTHONPATH, with programs in `bin`; readable by every uid. SandboxUnavailable tells why it cannot be had.
    """
    return await asyncio.to_thread(_ensure, cache_dir)


def toolchain_lock() -> str:
    """The pinned packages, one a line."""
    return importlib.resources.files(config).joinpath("toolchain.txt").read_text(encoding="utf-8")


def _ensure(cache_dir: Path) -> Path:
    python = f"{sys.implementation.cache_tag}-{os.uname().machine}"
    digest = hashlib.sha256(f"{python}\n{toolchain_lock()}".encode()).hexdigest()
    layer = cache_dir / f"toolchain-{digest[:20]}"
    if layer.is_dir():
        return layer
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _alone(cache_dir / "toolchain.lock"):
            if not layer.is_dir():
                _make(layer)
    except OSError as error:
        raise SandboxUnavailable(f"the toolchain layer cannot be kept in {cache_dir} ({error.strerror})") from error
    return layer


@contextmanager
def _alone(lock: Path) -> Generator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(layer: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{layer.name}.", dir=layer.parent) as temporary:
        made = Path(temporary, "layer")
        _install(made, Path(temporary, "lock.txt"))
        for program in (made / "bin").iterdir():
            _find_python_by_path(program)
        _open_to_all(made)
        made.rename(layer)


def _install(target: Path, lock: Path) -> None:
    lock.write_text(toolchain_lock(), encoding="utf-8")
    options = ["--only-binary", ":all:", "--no-deps", "--no-input", "--quiet", "--disable-pip-version-check"]
    command = [*_pip(), "install", *options, "--target", str(target), "--requirement", str(lock)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL, check=False)
    except subprocess.TimeoutExpired:
        raise SandboxUnavailable(f"pip did not install the toolchain within {_INSTALL:g} s; {_NEXT_STEP}") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()[-1:] or ["it gave no reason"]
        raise SandboxUnavailable(f"pip could not install the toolchain: {said[0]}; {_NEXT_STEP}")


_NEXT_STEP = (
    "the first run needs a package index to install pytest and ruff for the sandbox from: "
    "check that `pip download ruff` works here, then run again"
)


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-I", "-m", "pip"]
    spec = importlib.util.find_spec("ensurepip")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for wheel in Path(place, "_bundled").glob("pip-*.whl"):
            return [sys.executable, "-I", str(wheel / "pip")]
    raise SandboxUnavailable(
        f"{sys.executable} has no pip to install the toolchain with; `python -m ensurepip` adds it"
    )


def _find_python_by_path(program: Path) -> None:
    """Make a script start the sandbox's Python; the one that installed it is not there."""
    text = program.read_bytes()
    if text.startswith(b"#!"):
        program.write_bytes(b"#!/usr/bin/env python3\n" + text.partition(b"\n")[2])


def _open_to_all(root: Path) -> None:
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
