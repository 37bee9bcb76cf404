from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.sandboxes import Sandbox


@pytest.fixture
def keepers() -> Callable[[], list[int]]:
    """Finds the keepers of this process, by their numbers on this machine."""

    def find() -> list[int]:
        guards = _children(os.getpid())
        stages = [(pid, _command(pid)) for guard in guards for bwrap in _children(guard) for pid in _children(bwrap)]
        return [pid for pid, command in stages if 'ModuleType("keeper")' in command]

    return find


@pytest.fixture
def keeper(source: Sandbox, keepers: Callable[[], list[int]]) -> int | None:
    """The one that has `source`; None where an ordinary user runs this."""
    found = keepers()
    return found[0] if found else None


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        return [int(word) for task in tasks.iterdir() for word in (task / "children").read_text().split()]
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""
