"""Programs through the checks that every version goes through, in sandboxes, some at once."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slipway.checks import CHECKS, Check, Tests, run_checks
from slipway.sandboxes import FileContent, Sandbox, Sandboxes
from slipway.state import CheckReport

from .programs import Program


@dataclass(frozen=True)
class Judged:
    """A program, and what the checks said."""

    program: Program
    report: CheckReport
    seconds: float

    @property
    def red_by(self) -> list[str]:
        """The checks that block it."""
        return [result.check for result in self.report.results if result.blocking and result.status != "passed"]


async def judged(programs: Sequence[Program], sandboxes: Sandboxes, *, at_once: int, timeout: float) -> list[Judged]:
    """All of `programs`, in no order; a run of the tests of one ends within `timeout` seconds.

    SandboxError where a sandbox is not to be had, or ends.
    """
    checks = tuple(Tests(timeout) if isinstance(check, Tests) else check for check in CHECKS)
    left, done = iter(programs), list[Judged]()
    await asyncio.gather(*(_work(sandboxes, checks, left, done) for _ in range(at_once)))
    return done


async def _work(sandboxes: Sandboxes, checks: Sequence[Check], left: Iterator[Program], done: list[Judged]) -> None:
    sandbox = await sandboxes.open()
    try:
        for program in left:
            done.append(_told(await _judge(sandbox, checks, program)))
    finally:
        await sandbox.close()


async def _judge(sandbox: Sandbox, checks: Sequence[Check], program: Program) -> Judged:
    begun = time.perf_counter()
    await sandbox.write({path: FileContent(text.encode()) for path, text in program.files.items()})
    report = await run_checks(checks, sandbox, f"{program.task}, {program.kind}")
    return Judged(program, report, time.perf_counter() - begun)


def _told(one: Judged) -> Judged:
    colour = f"red by {', '.join(one.red_by)}" if one.red_by else "green"
    print(f"{one.report.version}: {colour}, {one.seconds:.1f} s", file=sys.stderr)
    return one
