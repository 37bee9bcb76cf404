from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from ..checks import CHECKS, Tests, run_checks
from ..checks import Traced as TracedCheck
from ..models import digest
from ..sandboxes import Sandbox
from ..state.records import CheckReport, JournalEntry, TestResult
from ..telemetry import names
from .resources import Resources


async def checked(resources: Resources, sandbox: Sandbox, version: str) -> CheckReport:
    """Run the checks on what `sandbox` holds."""
    return await run_checks([TracedCheck(check, resources.tracer) for check in CHECKS], sandbox, version)


async def judged(resources: Resources, step: str, sandbox: Sandbox, version: str) -> CheckReport:
    """What the checks say of `version`, which `sandbox` holds; a step that runs again gets what was said before."""
    what = [check.name for check in CHECKS]
    return await _once(resources, step, what, sandbox, lambda: checked(resources, sandbox, version))


async def tests_in(resources: Resources, step: str, sandbox: Sandbox) -> tuple[TestResult, ...]:
    """What the tests alone say of what `sandbox` holds, likewise."""
    tests = [TracedCheck(Tests(), resources.tracer)]
    report = await _once(resources, step, ["tests"], sandbox, lambda: run_checks(tests, sandbox, ""))
    return report.tests


async def _once(
    resources: Resources, step: str, what: list[str], sandbox: Sandbox, run: Callable[[], Awaitable[CheckReport]]
) -> CheckReport:
    # Findings go into the fixer's prompt: other timings in them would make another request of it.
    files = {path: ref.encode() for path, ref in (await sandbox.snapshot()).items()}
    request = json.dumps(["checks", what, files], sort_keys=True)
    key = digest(request)
    known = await resources.journal.find(step, 0, "check", key)
    if known is not None:
        resources.tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=step, slipway__kind="check")
        return CheckReport.model_validate_json(known.reply)
    report = await run()
    if all(result.status != "not_run" for result in report.results):
        entry = JournalEntry(
            step=step, index=0, kind="check", digest=key, request=request, reply=report.model_dump_json()
        )
        await resources.journal.record(entry)
    return report
