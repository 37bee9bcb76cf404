from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..sandboxes import Sandbox
from ..state.records import CheckReport, CheckResult, Manifest
from .base import Around, Check, Subject
from .findings import finding
from .sessions import forked


async def run_checks(checks: Sequence[Check], sandbox: Sandbox, version: str) -> CheckReport:
    """Run every check on the files of `sandbox`, each in a fork of its own and in parallel; `sandbox` is unchanged.

    A check that is about nothing in them says `not_applicable`; one that takes longer than it may did not run.
    """
    manifest = await sandbox.snapshot()
    results = await asyncio.gather(*(_result(check, sandbox, manifest) for check in checks))
    return CheckReport(version=version, results=tuple(results))


async def _result(check: Check, sandbox: Sandbox, manifest: Manifest) -> CheckResult:
    result = await _without_a_run(check, manifest)
    if result is None:
        async with forked(sandbox) as fork:
            result = await _in_time(check, Subject(fork, manifest))
    return _loud(result.model_copy(update={"blocking": check.blocking}))


async def _without_a_run(check: Check, manifest: Manifest) -> CheckResult | None:
    """What can be said for less than what a fork costs."""
    if not check.inputs(manifest):
        return CheckResult(check=check.name, status="not_applicable", reason="the project has nothing that it is about")
    return await check.known(manifest) if isinstance(check, Around) else None


async def _in_time(check: Check, subject: Subject) -> CheckResult:
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
