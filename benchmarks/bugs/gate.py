"""Programs through the checks that every version goes through, in sandboxes, some at once."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from slipway.checks import CHECKS, Check, Tests, run_checks
from slipway.sandboxes import FileContent, Sandbox, Sandboxes
from slipway.state import CheckReport, Finding

from .programs import TESTS, Program, programs
from .tasks import Task

TOOLS = tuple(dict.fromkeys(toolset for check in CHECKS for toolset in check.needs))
"""What has to be in the sandboxes."""


@dataclass(frozen=True)
class Judged:
    """A program, and what the checks said."""

    program: Program
    report: CheckReport
    given: tuple[Finding, ...]
    """What they said of its tests alone, before there was a program. It blocks no more than what was in a project
    before a run blocks that."""
    seconds: float

    @property
    def blocking(self) -> list[Finding]:
        """What keeps it from being delivered."""
        given = {finding.signature for finding in self.given}
        return [finding for finding in self.report.findings if finding.signature not in given]

    @property
    def red_by(self) -> list[str]:
        """The checks that block it."""
        return list(dict.fromkeys(finding.check for finding in self.blocking))


async def judged(tasks: Sequence[Task], sandboxes: Sandboxes, *, at_once: int, timeout: float) -> list[Judged]:
    """Both programs of each of `tasks`, in no order; a run of the tests of one ends within `timeout` seconds.
    Checks that only advise are left out.

    SandboxError where a sandbox is not to be had, or ends.
    """
    checks = tuple(Tests(timeout) if isinstance(check, Tests) else check for check in CHECKS if check.blocking)
    left, done = iter(tasks), list[Judged]()
    await asyncio.gather(*(_work(sandboxes, checks, left, done) for _ in range(at_once)))
    return done


async def _work(sandboxes: Sandboxes, checks: Sequence[Check], left: Iterator[Task], done: list[Judged]) -> None:
    sandbox = await sandboxes.open()
    try:
        for task in left:
            async for one in _judge(sandbox, checks, task):
                colour = f"red by {', '.join(one.red_by)}" if one.red_by else "green"
                print(f"{one.report.version}: {colour}, {one.seconds:.1f} s", file=sys.stderr)
                done.append(one)
    finally:
        await sandbox.close()


async def _judge(sandbox: Sandbox, checks: Sequence[Check], task: Task) -> AsyncIterator[Judged]:
    both = programs(task)
    await sandbox.remove(list(both[0].files))
    await _write(sandbox, {TESTS: both[0].files[TESTS]})
    given = await run_checks([check for check in checks if not isinstance(check, Tests)], sandbox, task.task_id)
    for program in both:
        begun = time.perf_counter()
        await _write(sandbox, program.files)
        report = await run_checks(checks, sandbox, f"{program.task}, {program.kind}")
        yield Judged(program, report, given.findings, time.perf_counter() - begun)


async def _write(sandbox: Sandbox, files: Mapping[str, str]) -> None:
    await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
