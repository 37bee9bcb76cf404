"""Environments of Python for programs that are too large, or want other packages, to be installed beside Slipway.

Each is installed once, from the list of its packages, into the folder in which tests keep what they need again. That
takes about a minute for each of the two backends, and 850 MB.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_LISTS = Path(__file__).parent / "requirements"
_SECONDS = 480


def environment_of(name: str, cache: Path) -> Path:
    """The folder of programs of the environment with the packages of `requirements/NAME.txt`."""
    packages = _LISTS / f"{name}.txt"
    digest = hashlib.sha256(packages.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache / f"backend-{name}-{digest}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        _install(packages, folder)
        (folder / "complete").touch()
    return folder / "bin"


def _install(packages: Path, folder: Path) -> None:
    # The list is whole, so that nothing is resolved; what is never imported need not be compiled.
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install"]
    words = [*pip, "-qq", "--no-deps", "--no-compile", "-r", packages]
    done = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode:
        pytest.skip(f"{packages.name} cannot be installed here: {done.stderr[-500:]}")
