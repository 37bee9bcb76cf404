from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ...checks import Check, Regressions, of_pytest
from ...checks.browser import MISWRITTEN
from ...sandboxes import FileContent
from ...state.records import CheckReport, ChecksFinished, Finding, Plan
from ...state.text import counted
from ...tools import describe_finding
from ..judging import judged
from ..ladder import known
from ..outcome import blocking_in, proofs_of, recorded_report
from ..resources import Resources
from ..sharing import at_hand
from ..state import Round, RunContext, RunState
from ..steps import Step, step, workspace

_RUN_TESTS = ("tests", "js-tests", "browser")
"""Checks that run tests: what they find at one is what the software did there."""


async def baseline(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Run the checks on an existing project before any edit: the faults that are there are not this run's."""
    plan = Plan.model_validate(state["plan"])
    async with at_hand(config, runtime, plan=plan) as run, step(run, "baseline", "baseline") as running:
        running.version = state["version"]
        if not await run.projects.manifest(run.record.project, state["version"]):
            running.note = "an empty project: nothing to compare with"
            before, digest = (), ""
        else:
            async with workspace(run, state["version"]) as sandbox:
                report = await judged(run, running.path, sandbox, state["version"])
            before, digest = report.findings, await _stored(run, report)
            running.note = f"{counted(len(before), 'fault')} from before this run"
    signatures = [finding.signature for finding in before]
    return {"baseline": signatures, "baseline_report": digest, "stages": running.done()}


async def check(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Run the checks on the newest version, and say what blocks and what is proven."""
    version, history, plan = state["version"], state.get("history", []), Plan.model_validate(state["plan"])
    async with at_hand(config, runtime, plan=plan) as run, step(run, f"check/{len(history) + 1}", "check") as running:
        running.version = version
        report = await _report(run, running, state)
        digest = await _stored(run, report)
        found = await blocking_in(run, state, report)
        running.note += f"blocked by {counted(len(found), 'finding')}" if found else "green"
        await run.events.append(_finished(running, report, green=not found))
    signatures = [finding.signature for finding in found]
    passed = sum(test.status == "passed" for test in report.tests)
    judged_now = Round(move=state["move"], version=version, report=digest, signatures=signatures, passed=passed)
    return {
        "history": [judged_now],
        "report": digest,
        "green": not found,
        "signatures": signatures,
        "weak": [describe_finding(finding) for finding in found if _of_tests(finding, plan)],
        "unproven": [proof.criterion for proof in proofs_of(state, report) if proof.status != "proven"],
        "stages": running.done(),
    }


def _of_tests(finding: Finding, plan: Plan) -> bool:
    """Whether a fault is in a test rather than in what it tests."""
    return finding.file in plan.tests and (finding.check not in _RUN_TESTS or finding.rule == MISWRITTEN)


async def _report(run: Resources, running: Step, state: RunState) -> CheckReport:
    """What the checks say of the newest version; nothing is run twice on the same files."""
    before = known(state.get("history", []), state["version"])
    if before is not None:
        running.note = "the version was judged before: "
        return await recorded_report(run, before["report"])
    async with workspace(run, state["version"]) as sandbox:
        return await judged(run, running.path, sandbox, state["version"], await _of_before(run, state))


async def _of_before(run: Resources, state: RunState) -> list[Check]:
    """The tests of before this run whose files it has rewritten, as they were."""
    plan, projects, project = Plan.model_validate(state["plan"]), run.projects, run.record.project
    if not state["baseline_report"]:
        return []
    old, new = [await projects.manifest(project, version) for version in (state["base"], state["version"])]
    rewritten = [path for path in plan.tests if path in old and old[path] != new.get(path)]
    if not rewritten:
        return []
    report, files = await recorded_report(run, state["baseline_report"]), await projects.files(project, state["base"])
    passed = of_pytest(test.id for test in report.tests if test.status == "passed")
    passed = [test for test in passed if test.partition("::")[0] in rewritten]
    before = {path: FileContent(*files[path]) for path in rewritten}
    return [Regressions(before, [test for test in passed if test not in plan.outdated])]


async def _stored(run: Resources, report: CheckReport) -> str:
    [digest] = await run.projects.put_blobs(run.record.project, run.fence, [report.model_dump_json().encode()])
    return digest


def _finished(running: Step, report: CheckReport, *, green: bool) -> ChecksFinished:
    return ChecksFinished(
        step=running.path,
        version=report.version,
        green=green,
        results={result.check: result.status for result in report.results},
        findings=tuple(f"{f.check}: {f.rule or f.file or ''} {f.message}" for f in report.findings),
    )
