from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...state.records import Brief, CheckReport, ChecksFinished, Finding, Plan
from ..judging import judged
from ..outcome import proofs_of, recorded_report
from ..resources import Resources
from ..sharing import at_hand
from ..state import RunContext, RunState
from ..steps import Step, publish, step, workspace
from ..workbench import repairs, tools_for

_SHOWN = 20_000  # characters of one file in the fixer's prompt


async def baseline(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Run the checks on an existing project before any edit: the faults that are there are not this run's."""
    async with at_hand(config, runtime) as run, step(run, "baseline", "baseline") as running:
        running.version = state["version"]
        if not await run.projects.manifest(run.record.project, state["version"]):
            running.note = "an empty project: nothing to compare with"
            known: list[str] = []
        else:
            async with workspace(run, state["version"]) as sandbox:
                report = await judged(run, running.path, sandbox, state["version"])
            known = [finding.signature for finding in report.findings]
            running.note = f"{len(known)} faults were there before"
    return {"baseline": known, "stages": running.done()}


async def check(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Run the checks on the newest version, and say what blocks and what is proven."""
    version = state["version"]
    async with (
        at_hand(config, runtime) as run,
        step(run, f"check/{state['rounds'] + 1}", "check") as running,
        workspace(run, version) as sandbox,
    ):
        report = await judged(run, running.path, sandbox, version)
        running.version = version
        [digest] = await run.projects.put_blobs(run.record.project, run.fence, [report.model_dump_json().encode()])
        blocking = _new(report, state["baseline"])
        green = not blocking
        running.note = "green" if green else f"{len(blocking)} findings block"
        await run.events.append(_finished(running, report, green))
    proofs = proofs_of(state, report)
    return {
        "report": digest,
        "green": green,
        "signatures": [finding.signature for finding in blocking],
        "unproven": [proof.criterion for proof in proofs if proof.status != "proven"],
        "stages": running.done(),
    }


async def fix(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Let the fixer repair what blocks."""
    brief, plan = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"])
    rounds, base = state["rounds"] + 1, state["version"]
    async with (
        at_hand(config, runtime) as run,
        step(run, f"fix/{rounds}", "fix", "fixer") as running,
        workspace(run, base) as sandbox,
    ):
        report = await recorded_report(run, state["report"])
        findings = _new(report, state["baseline"])
        sources = await _sources(run, base, findings)
        may_write = repairs(plan)
        desk = run.desk("fixer", running.path)
        work = await agents.fix(desk, tools_for(run, sandbox, may_write, base), brief, plan, findings, sources)
        running.usage, running.note = work.usage, work.note
        version = await publish(run, running, base, sandbox, may_write)
    return {"version": version, "rounds": rounds, "stages": running.done()}


def _new(report: CheckReport, before: list[str]) -> list[Finding]:
    return [finding for finding in report.findings if finding.signature not in before]


def _finished(running: Step, report: CheckReport, green: bool) -> ChecksFinished:
    return ChecksFinished(
        step=running.path,
        version=report.version,
        green=green,
        results={result.check: result.status for result in report.results},
        findings=tuple(f"{f.check}: {f.rule or f.file or ''} {f.message}" for f in report.findings),
    )


async def _sources(run: Resources, version: str, findings: list[Finding]) -> dict[str, str]:
    named = {finding.file for finding in findings if finding.file}
    files = await run.projects.files(run.record.project, version)
    return {path: files[path][0].decode("utf-8", "replace")[:_SHOWN] for path in sorted(named & files.keys())}
