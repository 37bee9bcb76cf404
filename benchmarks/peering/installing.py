"""Environments of their own for what is compared and for what its commands use, made once and kept."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from slipway.config.packing import find_pack
from slipway.graphs.kits import NONE, needed
from slipway.sandboxes import BASICS

_HERE = Path(__file__).parent
_SECONDS = 1800


class NotInstalled(Exception):
    """An environment could not be made; the message says what pip said."""


class Environments(Protocol):
    """Where programs are found; asking may take minutes."""

    @property
    def folder(self) -> Path:
        """All of them are in it."""
        ...

    def peer(self, name: str) -> Path:
        """The interpreter that has the peer `name`."""
        ...

    def tools(self, pack: str) -> Path:
        """The folder of programs that commands find first where a project has `pack`."""
        ...


@dataclass(frozen=True)
class Installed:
    """Environments made by pip, in `folder`, each when it is first asked for. NotInstalled."""

    folder: Path

    def peer(self, name: str) -> Path:
        """With all that its list pins: `mini-swe-agent.txt`, `deepagents.txt`."""
        return _environment(name, (_HERE / f"{name}.txt").read_text(), self.folder) / "bin" / "python"

    def tools(self, pack: str) -> Path:
        """Python with the tools of Slipway's sandboxes and what `pack` provides."""
        provided = needed(None if pack == NONE else find_pack(pack)).python
        return _environment(f"tools-{pack}", f"{BASICS.lock}\n{provided}", self.folder) / "bin"


def version(name: str) -> str:
    """The version of a peer that its list pins."""
    lines = (_HERE / f"{name}.txt").read_text().splitlines()
    return next(line.partition("==")[2] for line in lines if line.startswith(f"{name}=="))


def _environment(name: str, pinned: str, cache: Path) -> Path:
    digest = hashlib.sha256(f"{sys.version}\n{pinned}".encode()).hexdigest()[:12]
    folder = cache / f"{name}-{digest}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").exists():
            print(f"installing {name} into {folder}", file=sys.stderr)
            _make(folder, pinned)
            (folder / ".ready").touch()
    return folder


def _make(folder: Path, pinned: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(folder))
    listed = folder / "pinned.txt"
    listed.write_text(pinned)
    _run(str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-deps", "-r", str(listed))


def _run(*words: str) -> None:
    ended = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS)
    if ended.returncode:
        raise NotInstalled(f"`{' '.join(words)}` failed: {ended.stderr.strip()[-2000:]}")
