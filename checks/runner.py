from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..sandboxes import Sandbox
from ..state.records import CheckReport, CheckResult
from .base import Check, Subject
from .findings import finding
from .sessions import forked


async def run_checks(checks: Sequence[Check], sandbox: Sandbox, version: str) -> CheckReport:
    """Run every check on the files of `sandbox`, each in a fork of its own and in parallel; `sandbox` is unchanged."""
    results = await asyncio.gather(*(_in_fork(check, sandbox) for check in checks))
    return CheckReport(version=version, results=tuple(results))


async def _in_fork(check: Check, sandbox: Sandbox) -> CheckResult:
    async with forked(sandbox) as fork:
        return _loud(await check.run(Subject(fork, await fork.snapshot())))


def _loud(result: CheckResult) -> CheckResult:
    # What did not run is no pass: it shows as a finding, so that it blocks and somebody can act on it.
    if result.status != "not_run":
        return result
    return result.model_copy(update={"findings": (finding(result.check, f"did not run: {result.reason}"),)})
