"""Folders that are made once, shared, and complete or not there: they appear under their name by a rename."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

_POLL = 0.05
"""Seconds."""


@contextmanager
def alone(lock: Path) -> Generator[None]:
    """Hold `lock` while this is open; waits for other processes and threads. Blocks."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def held(lock: Path) -> AsyncGenerator[None]:
    """Hold `lock` while this is open, as `alone`, but wait without a thread: who holds it may need them all."""
    with lock.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_POLL)
        yield


def find_python_by_path(program: Path) -> None:
    """Make a Python script start the sandbox's Python; the one that installed it may not be there."""
    text = program.read_bytes()
    first, newline, rest = text.partition(b"\n")
    if first.startswith(b"#!") and b"python" in first:
        program.write_bytes(b"#!/usr/bin/env python3" + newline + rest)


def open_to_all(root: Path) -> None:
    """Let every uid read what is in `root`, since a sandbox has a uid of its own."""
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
