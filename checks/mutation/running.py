from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from ...sandboxes import Command, Sandbox
from ...state.records import MutationResult, Survivor
from ..sent import program
from ..sessions import CollectError, Ran, Session, SessionsLost, forked, run_sessions
from ..tests import of_pytest
from .base import Fault
from .reach import Reach
from .sampling import sample, seed_of

_OPERATORS = program(__file__, "operators.py")
_FOUND = TypeAdapter(dict[str, list[tuple[str, str, int, int, int, str, str, bool]]])
_SLOWER = 5.0
"""A test that takes so many times what it took without the fault, and `_PAUSE` beside, hangs."""
_PAUSE = 5.0
"""Longer than a machine stands still: what it delays would pass for noticed."""

Fate = Literal["killed", "survived", "timed_out", "not_run"]


async def mutate(
    sandbox: Sandbox, component: str, files: Sequence[str], tests: Sequence[str], *, most: int = 20,
    seconds: float = 60.0, parallel: int = 2, lines: Mapping[str, Collection[int]] | None = None,
    executed: bool = False,
) -> MutationResult:  # fmt: skip
    """Put at most `most` faults into `files`, one at a time, and say which the `tests` (files or ids) do not notice.

    `lines`: only on these lines of each file; `executed`: only where a test runs. A fault runs with the tests alone
    that passed without it and reach its line, until one fails. `sandbox` is unchanged; `parallel` forks of it are used.
    After `seconds` the rest is `not_run`; the run without faults counts.
    """
    started = time.monotonic()
    python = [path for path in files if path.endswith(".py")]
    sources = {path: await sandbox.read(path) for path in python}
    faults = [fault for fault in await faults_in(sandbox, python) if lines is None or _among(fault, lines)]
    tests = of_pytest(tests)
    reach = await _reach(sandbox, python, tests, seconds) if faults and tests else Reach({}, {})
    found = [fault for fault in faults if reach.executes(fault)] if executed and reach.seconds else faults
    chosen = sample(found, most, seed_of(sources))
    if not chosen or not reach.seconds:
        reason = "no test passes without faults" if chosen else "there is nothing in it to put a fault into"
        return MutationResult(component=component, not_run=len(chosen), reason=reason, seconds=_since(started))
    reached = [(fault, tuple(reach.tests(fault))) for fault in chosen]
    left = seconds - _since(started)
    shares = [reached[start::parallel] for start in range(parallel)]
    fates = await asyncio.gather(*(_share(sandbox, sources, share, reach, left) for share in shares if share))
    return _counted(component, chosen, dict(pair for share in fates for pair in share), dict(reached), _since(started))


async def faults_in(sandbox: Sandbox, files: Sequence[str]) -> list[Fault]:
    """Every fault that can be put into `files`; nothing of the project is executed."""
    script = 'exec python -I -S -c "$0" > .faults'  # there may be more of them than a command may print
    async with forked(sandbox) as fork:
        result = await fork.exec(Command(("/bin/sh", "-c", script, _OPERATORS), stdin=json.dumps(list(files)).encode()))
        data = await fork.read(".faults") if result.ok else b""
    try:
        found = _FOUND.validate_json(data)
    except ValidationError:
        return []
    return [
        Fault(path, start, end, operator, function, line, before, after, on_import)
        for path, mutants in found.items()
        for operator, function, line, start, end, before, after, on_import in mutants
    ]


def _among(fault: Fault, lines: Mapping[str, Collection[int]]) -> bool:
    return not set(fault.lines).isdisjoint(lines.get(fault.file, ()))


async def _reach(sandbox: Sandbox, files: Sequence[str], tests: Sequence[str], seconds: float) -> Reach:
    session = Session(tuple(tests), seconds, traced=tuple(files))
    async with forked(sandbox) as fork:
        try:
            [ran] = await run_sessions(fork, [session], seconds)
        except SessionsLost:
            return Reach({}, {})
    return Reach.of(ran)


async def _share(
    sandbox: Sandbox, sources: dict[str, bytes], share: Sequence[tuple[Fault, tuple[str, ...]]], reach: Reach,
    seconds: float,
) -> list[tuple[Fault, Fate]]:  # fmt: skip
    """What became of a share of the faults, in a fork of its own."""
    fates: dict[Fault, Fate] = {fault: "not_run" if tests else "survived" for fault, tests in share}
    running = [(fault, tests) for fault, tests in share if tests]
    sessions = [_session(sources, fault, tests, reach) for fault, tests in running]
    if sessions and seconds > 0:
        async with forked(sandbox) as fork:
            try:
                done = await run_sessions(fork, sessions, seconds)
            except SessionsLost:
                done = []
        for (fault, _), session, ran in zip(running, sessions, done, strict=False):
            fates[fault] = _fate(ran, session)
    return list(fates.items())


def _session(sources: dict[str, bytes], fault: Fault, tests: tuple[str, ...], reach: Reach) -> Session:
    usual = sum(reach.seconds[test] for test in tests)
    text = fault.put_into(sources[fault.file]).decode("utf-8")
    return Session(tests, _PAUSE + _SLOWER * usual, edits={fault.file: text}, until_first_failure=True)


def _fate(ran: Ran, session: Session) -> Fate:
    if ran.timed_out:
        return "timed_out" if ran.seconds >= session.seconds else "not_run"  # the time of all of them was over
    # What could not be collected ends as a usage error where tests are asked for by name.
    failed = any(isinstance(line, CollectError) for line in ran.lines) or "failed" in {p.outcome for p in ran.phases}
    return "killed" if failed or ran.exit_code not in (0, 4, 5) else "survived"


def _counted(
    component: str, chosen: Sequence[Fault], fates: dict[Fault, Fate], reached: dict[Fault, tuple[str, ...]],
    seconds: float,
) -> MutationResult:  # fmt: skip
    ended = list(fates.values())
    return MutationResult(
        component=component,
        killed=ended.count("killed"),
        timed_out=ended.count("timed_out"),
        not_run=ended.count("not_run"),
        survivors=tuple(_survivor(fault, reached[fault]) for fault in sorted(chosen) if fates[fault] == "survived"),
        seconds=seconds,
    )


def _survivor(fault: Fault, tests: tuple[str, ...]) -> Survivor:
    return Survivor(
        file=fault.file, line=fault.line, function=fault.function, operator=fault.operator, before=fault.before,
        after=fault.after, tests=tests,
    )  # fmt: skip


def _since(started: float) -> float:
    return time.monotonic() - started
