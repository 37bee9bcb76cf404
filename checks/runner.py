from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..sandboxes import Sandbox
from ..state.records import CheckReport, CheckResult
from .base import Check, Subject
from .findings import finding
from .sessions import forked


async def run_checks(checks: Sequence[Check], sandbox: Sandbox, version: str) -> CheckReport:
    """Run every check on the files of `sandbox`, each in a fork of its own and in parallel; `sandbox` is unchanged.

    A check that is about nothing in them says `not_applicable`; one that takes longer than it may did not run.
    """
    results = await asyncio.gather(*(_in_fork(check, sandbox) for check in checks))
    return CheckReport(version=version, results=tuple(results))


async def _in_fork(check: Check, sandbox: Sandbox) -> CheckResult:
    async with forked(sandbox) as fork:
        result = await _in_time(check, Subject(fork, await fork.snapshot()))
    return _loud(result.model_copy(update={"blocking": check.blocking}))


async def _in_time(check: Check, subject: Subject) -> CheckResult:
    if not check.inputs(subject.manifest):
        return CheckResult(check=check.name, status="not_applicable", reason="the project has nothing that it is about")
    timer = asyncio.timeout(check.seconds)
    try:
        async with timer:
            return await check.run(subject)
    except TimeoutError:
        if not timer.expired():
            raise
        reason = f"it took longer than the {check.seconds:g} s that it may take"
        return CheckResult(check=check.name, status="not_run", reason=reason, seconds=check.seconds)


def _loud(result: CheckResult) -> CheckResult:
    # What did not run is no pass: it shows as a finding, so that it blocks and somebody can act on it.
    if result.status != "not_run":
        return result
    return result.model_copy(update={"findings": (finding(result.check, f"did not run: {result.reason}"),)})
