"""Where to look for a fault: what the tests that fail have executed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence

from ..sandboxes import Sandbox
from .sessions import Executed, Session, SessionsLost, forked, run_sessions
from .tests import is_test_file, of_pytest

_SECONDS = 60.0
_MOST = 20
"""Tests that are traced."""


async def executed_by(sandbox: Sandbox, tests: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each of `tests` (ids) the files and lines of the project that it executed, such as `shop/cart.py:3-9,14`.

    Most telling first: lines that few of the tests have in common. Test files are left out. A test is missing where its
    run was not followed to the end: the first 20 are, for a minute in all. `sandbox` is unchanged.
    """
    files = tuple(sorted(path for path in await sandbox.snapshot() if path.endswith(".py") and not is_test_file(path)))
    wanted = of_pytest(tests)[:_MOST] if files else []
    started = time.monotonic()
    told = await _followed(sandbox, [wanted], files, _SECONDS / 2)
    # One test that ends the process, or that is not there, keeps the others from being followed.
    alone = [[test] for test in wanted if test not in told]
    told |= await _followed(sandbox, alone, files, _SECONDS - (time.monotonic() - started))
    common = Counter((path, line) for each in told.values() for path, lines in each.files.items() for line in lines)
    return {test: _ordered(told[test], common) for test in wanted if test in told}


async def _followed(
    sandbox: Sandbox, parts: Sequence[Sequence[str]], files: tuple[str, ...], seconds: float
) -> dict[str, Executed]:
    """What the tests of each part execute of `files`, a process for each part, in a fork of `sandbox`."""
    sessions = [Session(tuple(part), seconds, traced=files) for part in parts if part]
    if not sessions or seconds <= 0:
        return {}
    async with forked(sandbox) as fork:
        try:
            done = await run_sessions(fork, sessions, seconds)
        except SessionsLost:
            return {}
    told = [line for ran in done for line in ran.lines if isinstance(line, Executed)]
    return {line.id: line for line in told if line.id}


def _ordered(executed: Executed, common: Counter[tuple[str, int]]) -> tuple[str, ...]:
    def commonness(path: str) -> tuple[float, str]:
        lines = executed.files[path]
        return sum(common[path, line] for line in lines) / len(lines), path

    known = [path for path, lines in executed.files.items() if lines]
    return tuple(f"{path}:{ranges(executed.files[path])}" for path in sorted(known, key=commonness))


def ranges(lines: Iterable[int]) -> str:
    """Line numbers as text: `3-9,14`."""
    parts: list[list[int]] = []
    for line in sorted(set(lines)):
        if parts and line == parts[-1][1] + 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)
