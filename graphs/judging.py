from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from ..checks import CHECKS, Imports, Syntax, passes_on_base, passes_on_stubs, run_checks
from ..checks import Traced as TracedCheck
from ..models import digest
from ..sandboxes import Sandbox
from ..state.records import CheckReport, Finding, JournalEntry, Plan, Record
from ..telemetry import names
from ..tools import describe_finding
from .resources import Resources
from .steps import workspace


async def checked(resources: Resources, sandbox: Sandbox, version: str) -> CheckReport:
    """Run the checks on what `sandbox` holds."""
    return await run_checks([TracedCheck(check, resources.tracer) for check in CHECKS], sandbox, version)


R = TypeVar("R", bound=Record)


async def judged(resources: Resources, step: str, sandbox: Sandbox, version: str) -> CheckReport:
    """What the checks say of `version`, which `sandbox` holds; a step that runs again gets what was said before."""
    what = [check.name for check in CHECKS]
    return await once(resources, step, what, sandbox, lambda: checked(resources, sandbox, version), CheckReport)


class _Passing(Record):
    """Tests that passed."""

    tests: tuple[str, ...]


async def vacuous_in(resources: Resources, step: str, sandbox: Sandbox, plan: Plan) -> list[str]:
    """The plan's tests that pass on what `sandbox` holds, before the change, or where the plan's modules are stubs.

    Such a test would pass whatever was written.
    """
    files = [path for component in plan.components for path in component.files]

    async def run() -> _Passing:
        early = await passes_on_base(sandbox, plan.tests)
        return _Passing(tests=tuple(sorted({*early, *await passes_on_stubs(sandbox, files, plan.tests)})))

    return list((await once(resources, step, ["vacuous", *files, *plan.tests], sandbox, run, _Passing)).tests)


async def loading(
    resources: Resources, step: str, version: str, plan: Plan, components: Sequence[str]
) -> dict[str, list[str]]:
    """What keeps some components of `version` from being loaded, as texts for a model: component -> findings."""
    owners = {path: component.id for component in plan.components for path in component.files}
    files = [path for path, owner in owners.items() if owner in components]
    wanted = [Syntax(), Imports(files)]
    checks = [TracedCheck(check, resources.tracer) for check in wanted]
    with resources.tracer.span(f"{names.SPAN_STAGE} integrate", slipway__step=step):
        async with workspace(resources, version) as sandbox:
            what = [check.name for check in wanted]
            what = [*what, *files]
            report = await once(resources, step, what, sandbox, lambda: run_checks(checks, sandbox, ""), CheckReport)
    broken: dict[str, list[str]] = {}
    for finding in report.findings:
        if (owner := _owner(finding, owners)) in components:
            broken.setdefault(str(owner), []).append(describe_finding(finding))
    return broken


def _owner(finding: Finding, owners: Mapping[str, str]) -> str | None:
    """Whose file is wrong; where that is nobody's, or nobody's of the wave's, whose module could not be loaded."""
    return owners.get(finding.file or "") or owners.get(finding.rule or "")


async def once(
    resources: Resources, step: str, what: list[str], sandbox: Sandbox, run: Callable[[], Awaitable[R]], record: type[R]
) -> R:
    """What `run` finds in `sandbox`, or what it found when this step ran before; `what` names it."""
    # Findings go into the fixer's prompt: other timings in them would make another request of it.
    files = {path: ref.encode() for path, ref in (await sandbox.snapshot()).items()}
    request = json.dumps(["checks", what, files], sort_keys=True)
    key = digest(request)
    known = await resources.journal.find(step, 0, "check", key)
    if known is not None:
        resources.tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=step, slipway__kind="check")
        return record.model_validate_json(known.reply)
    found = await run()
    if not isinstance(found, CheckReport) or all(result.status != "not_run" for result in found.results):
        entry = JournalEntry(
            step=step, index=0, kind="check", digest=key, request=request, reply=found.model_dump_json()
        )
        await resources.journal.record(entry)
    return found
