from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from ..sandboxes import Sandbox
from ..state.records import CheckReport, CheckResult, CheckStatus, Manifest, Severity
from ..state.text import counted, visible
from ..telemetry import Tracer, evaluated, names
from .base import Check, Found, NotApplicable, NotRun, Subject
from .cached import Cached
from .findings import finding
from .sessions import forked

_SCORES: dict[CheckStatus, float] = {"passed": 1.0, "failed": 0.0}
"""Of the others there is no score: missing, never zero."""
_SHORT = 200


async def run_checks(
    checks: Sequence[Check], sandbox: Sandbox, version: str, tracer: Tracer | None = None
) -> CheckReport:
    """Run every check on the files of `sandbox`, each in a fork of its own and in parallel; `sandbox` is unchanged.

    A check that is about nothing in them says `not_applicable`; one that takes longer than it may did not run. Each
    that says anything else is a span of `tracer`.
    """
    manifest = await sandbox.snapshot()
    results = await asyncio.gather(*(_result(check, sandbox, manifest, tracer) for check in checks))
    return CheckReport(version=version, results=tuple(results))


async def result_of(check: Check, subject: Subject) -> CheckResult:
    """What `check` says of `subject` when it runs now, and what that took; it may change the sandbox."""
    started = time.perf_counter()
    status, reason, found = await _tried(check, subject)
    return CheckResult(
        check=check.name, status=status, blocking=check.blocking, reason=visible(reason),
        findings=tuple(found.findings), tests=tuple(found.tests), pictures=tuple(found.pictures),
        seconds=time.perf_counter() - started,
    )  # fmt: skip


async def _result(check: Check, sandbox: Sandbox, manifest: Manifest, tracer: Tracer | None) -> CheckResult:
    if not check.inputs(manifest):
        reason = "the project has nothing that it is about"
        return CheckResult(check=check.name, status="not_applicable", blocking=check.blocking, reason=reason)
    if tracer is None:
        return _loud(await _said(check, sandbox, manifest))
    with tracer.span(f"{names.SPAN_CHECK} {check.name}") as span:
        result = await _said(check, sandbox, manifest)
        span.set_attribute(names.CHECK_STATUS, result.status)
        span.set_attribute(names.CHECK_FINDINGS, len(result.findings))
        span.set_attribute(names.CHECK_CACHED, result.cached)
        evaluated(span, check.name, result.status, _SCORES.get(result.status), _explained(result))
    return _loud(result)


async def _said(check: Check, sandbox: Sandbox, manifest: Manifest) -> CheckResult:
    # What is known costs no fork.
    if isinstance(check, Cached) and (known := await check.known(manifest)) is not None:
        return known.model_copy(update={"blocking": check.blocking})
    async with forked(sandbox) as fork:
        result = await result_of(check, Subject(fork, manifest))
    if isinstance(check, Cached):
        await check.keep(manifest, result)
    return result


async def _tried(check: Check, subject: Subject) -> tuple[CheckStatus, str, Found]:
    timer = asyncio.timeout(check.seconds)
    try:
        async with timer:
            found = await check.run(subject)
    except TimeoutError:
        if not timer.expired():
            raise
        return "not_run", f"it took longer than the {check.seconds:g} s that it may take", Found()
    except NotRun as error:
        return "not_run", str(error), Found(tests=error.tests)
    except NotApplicable as error:
        return "not_applicable", str(error), Found()
    return "failed" if any(each.severity == "error" for each in found.findings) else "passed", "", found


def _explained(result: CheckResult) -> str:
    """A line on why it says what it says; of what it found, only how much and where."""
    if not result.findings:
        return result.reason[:_SHORT]
    first = next((f for f in result.findings if f.severity == "error"), result.findings[0])
    where = " ".join(filter(None, (first.place, first.rule)))
    return (counted(len(result.findings), "finding") + (f", such as {where}" if where else ""))[:_SHORT]


def _loud(result: CheckResult) -> CheckResult:
    # What did not run is no pass: it shows as a finding, so that it blocks and somebody can act on it.
    if result.status != "not_run":
        return result
    severity: Severity = "error" if result.blocking else "warning"
    said = finding(result.check, f"did not run: {result.reason}", severity=severity)
    return result.model_copy(update={"findings": (said,)})
