from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from ..checks import (
    Cached,
    Check,
    Imports,
    Syntax,
    executed_by,
    passes_on_base,
    passes_on_stubs,
    plays_on_base,
    run_checks,
)
from ..models import digest
from ..sandboxes import Sandbox
from ..state import CorruptState
from ..state.records import CheckReport, CheckResult, Finding, JournalEntry, Plan
from ..telemetry import names
from ..tools import describe_finding
from .resources import Resources
from .steps import workspace

R = TypeVar("R")

_REPORT = TypeAdapter(CheckReport)
_TESTS = TypeAdapter(list[str])
_EXECUTED = TypeAdapter(dict[str, tuple[str, ...]])


async def checked(
    resources: Resources, sandbox: Sandbox, version: str, checks: Sequence[Check] | None = None
) -> CheckReport:
    """Run `checks`, by default those of the kit, on what `sandbox` holds."""
    checks = resources.kit.checks if checks is None else checks
    return await run_checks(checks, sandbox, version, resources.tracer)


async def judged(
    resources: Resources, step: str, sandbox: Sandbox, version: str, also: Sequence[Check] = ()
) -> CheckReport:
    """What the checks, and those in `also`, say of `version`, which `sandbox` holds.

    A step that runs again gets what was said before.
    """
    origin = resources.record.origin
    # Kept only of a sandbox that no agent worked in: what is left in one may make a check say something else.
    ground, own = f"{resources.kit.ground} {sandbox.caps.backend}", resources.kit.checks
    known = [Cached(check, _Kept(resources), ground) for check in own]
    checks = (*(own if origin and origin.anew == "check" else known), *also)
    what = [check.name for check in checks]
    return await _reported(resources, step, what, sandbox, lambda: checked(resources, sandbox, version, checks))


@dataclass(frozen=True)
class _Kept:
    """What checks said of the project's files, with the pictures that belong to it, which then are this run's, too."""

    resources: Resources

    async def get(self, digest: str) -> CheckResult | None:
        found, run = await self.resources.verdicts.get(digest), self.resources
        if found is None or not found.pictures:
            return found
        try:
            await run.projects.claim(run.record.project, run.record.id, [each.digest for each in found.pictures])
        except CorruptState:
            return None  # they are not kept any more
        return found

    async def put(self, digest: str, result: CheckResult) -> None:
        await self.resources.verdicts.put(digest, result)


async def vacuous_in(resources: Resources, step: str, sandbox: Sandbox, plan: Plan) -> list[str]:
    """The plan's tests that pass on what `sandbox` holds, before the change, or where the plan's modules are stubs.

    Such a test would pass whatever was written.
    """
    files = [path for component in plan.components for path in component.files]

    async def run() -> list[str]:
        with resources.tracer.span(f"{names.SPAN_CHECK} vacuous", slipway__step=step):
            early = await passes_on_base(sandbox, plan.tests)
            played = await plays_on_base(sandbox, resources.kit.checks, plan.tests)
            return sorted({*early, *played, *await passes_on_stubs(sandbox, files, plan.tests)})

    return await once(resources, step, ["vacuous", *files, *plan.tests], sandbox, _TESTS, run)


async def executed(
    resources: Resources, step: str, sandbox: Sandbox, tests: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """What each of `tests` executes of what `sandbox` holds (`executed_by`), likewise."""

    async def run() -> dict[str, tuple[str, ...]]:
        with resources.tracer.span(f"{names.SPAN_CHECK} executed", slipway__step=step):
            return await executed_by(sandbox, tests)

    # What was not followed to its end is recorded, too: it is part of the next request.
    return await once(resources, step, ["executed", *tests], sandbox, _EXECUTED, run) if tests else {}


async def loading(
    resources: Resources, step: str, version: str, plan: Plan, components: Sequence[str]
) -> dict[str, list[str]]:
    """What keeps some components of `version` from being loaded, as texts for a model: component -> findings."""
    owners = {path: component.id for component in plan.components for path in component.files}
    files = [path for path, owner in owners.items() if owner in components]
    wanted = [Syntax(), Imports(files)]
    with resources.tracer.span(f"{names.SPAN_STAGE} integrate", slipway__step=step):
        async with workspace(resources, version) as sandbox:
            what = [check.name for check in wanted]
            report = await _reported(
                resources, step, [*what, *files], sandbox, lambda: checked(resources, sandbox, "", wanted)
            )
    broken: dict[str, list[str]] = {}
    for finding in report.findings:
        if (owner := _owner(finding, owners)) in components:
            broken.setdefault(str(owner), []).append(describe_finding(finding))
    return broken


def _owner(finding: Finding, owners: Mapping[str, str]) -> str | None:
    """Whose file is wrong; where that is nobody's, or nobody's of the wave's, whose module could not be loaded."""
    return owners.get(finding.file or "") or owners.get(finding.rule or "")


async def _reported(
    resources: Resources, step: str, what: list[str], sandbox: Sandbox, run: Callable[[], Awaitable[CheckReport]]
) -> CheckReport:
    """What `run` reports; a check that did not run may do so the next time."""
    return await once(resources, step, what, sandbox, _REPORT, run, _ran)


def _ran(report: CheckReport) -> bool:
    return all(result.status != "not_run" for result in report.results)


async def once(
    resources: Resources,
    step: str,
    what: list[str],
    sandbox: Sandbox,
    form: TypeAdapter[R],
    run: Callable[[], Awaitable[R]],
    final: Callable[[R], bool] = lambda _: True,
) -> R:
    """What `run` finds out about the files of `sandbox`; a `final` answer is recorded, and not asked for again."""
    # Findings go into the fixer's prompt: other timings in them would make another request of it.
    files = {path: ref.encode() for path, ref in (await sandbox.snapshot()).items()}
    request = json.dumps(["checks", what, files], sort_keys=True)
    key = digest(request)
    known = await resources.journal.find(step, 0, "check", key)
    if known is not None:
        resources.tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=step, slipway__kind="check")
        return form.validate_json(known.reply)
    found = await run()
    if final(found):
        reply = form.dump_json(found).decode()
        await resources.journal.record(
            JournalEntry(step=step, index=0, kind="check", digest=key, request=request, reply=reply)
        )
    return found
