from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...agents import Attempt, Desk, Disputed
from ...config import Role
from ...state.records import Brief, CheckReport, Finding, Plan
from ...tools import describe_finding
from ..focus import sources_for, tried
from ..holding import as_told, held_out
from ..judging import executed
from ..ladder import best, next_move, repairs
from ..outcome import blocking_in, recorded_report
from ..resources import Resources
from ..sharing import at_hand
from ..state import Dispute, Move, RunContext, RunState
from ..steps import publish, step, workspace
from ..workbench import REPAIRING, tools_for
from ..workbench import repairs as may_repair


async def fix(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Let the fixer repair what blocks, as the ladder says: as it is, on another idea, or by a stronger model."""
    context = runtime.context or RunContext()
    move = next_move(state["history"], limit=context.fix_rounds, stronger=context.stronger)
    assert move in ("fix", "rethink", "escalate"), "a route leads here for nothing else"
    plan, base, history = Plan.model_validate(state["plan"]), state["version"], state["history"]
    async with at_hand(config, runtime, plan=plan) as run:
        role: Role = "architect" if move == "escalate" else "fixer"
        path = f"fix/{repairs(history) + 1}"
        async with step(run, path, "fix", role) as running, workspace(run, base, without=held_out(plan)) as sandbox:
            report, before = await recorded_report(run, state["report"]), await sandbox.snapshot()
            found = as_told(await blocking_in(run, state, report), plan)
            ran = await executed(run, path, sandbox, _failing(report, found, plan))
            attempt = Attempt(
                findings=tuple(map(describe_finding, found)),
                sources=await sources_for(run, base, plan, found, ran),
                executed=ran,
                tried=await tried(run, history, plan),
                anew=move != "fix",
            )
            may_write = may_repair(plan)
            toolbox = tools_for(run, sandbox, may_write, base, REPAIRING, baseline=state["baseline_report"])
            work = await agents.fix(
                _desk(run, role, path), toolbox, Brief.model_validate(state["brief"]), plan, attempt
            )
            running.did(work)
            running.note = "; ".join(filter(None, (move * (move != "fix"), work.note)))
            version = await publish(run, running, base, sandbox, may_write, since=before)
    return {
        "version": version,
        "move": move,
        "disputes": _disputes(work.disputes, plan, state),
        "stages": running.done(),
    }


def _failing(report: CheckReport, found: Sequence[Finding], plan: Plan) -> list[str]:
    """The tests among what was `found` that ran and failed; what is held out is not there to be run."""
    red, held = {test.id for test in report.tests if test.status in ("failed", "error")}, held_out(plan)
    return list(dict.fromkeys(f.rule for f in found if f.rule in red and f.file not in held))


def _desk(run: Resources, role: Role, path: str) -> Desk:
    """The fixer's desk; a stronger model sits at it where the ladder says so."""
    return replace(run.desk(role, path), prompt=run.desk("fixer", path).prompt)


def _disputes(found: tuple[Disputed, ...], plan: Plan, state: RunState) -> list[Dispute]:
    """What is to be ruled on: only of this run's own tests, and of each test once."""
    own = [one for one in found if one.test.partition("::")[0] in plan.tests and one.test not in state["ruled"]]
    return [Dispute(test=one.test, reason=one.reason) for one in own]


async def rule(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Let the architect rule on what the fixer says against tests, from criterion, test and error alone."""
    brief, ruled = Brief.model_validate(state["brief"]), list(state["ruled"])
    plan = Plan.model_validate(state["plan"])
    async with at_hand(config, runtime, plan=plan) as run:
        path = f"rule/{repairs(state['history']) + 1}"
        async with step(run, path, "rule", "architect") as running:
            upheld: list[Dispute] = []
            desk = run.desk("architect", path)
            report = await recorded_report(run, state["report"])
            errors = {f.rule: describe_finding(f) for f in report.findings}
            files = await run.projects.files(run.record.project, state["version"])
            for dispute in state["disputes"]:
                source = files.get(dispute["test"].partition("::")[0], (b"", False))[0].decode(errors="replace")
                error = errors.get(dispute["test"], "")
                made = await agents.rule(desk, brief, dispute["test"], source, error, dispute["reason"])
                running.usage = running.usage + made.usage
                ruled.append(dispute["test"])
                upheld += [Dispute(test=dispute["test"], reason=made.record.why)] if made.record.test_is_wrong else []
            running.note = f"{len(upheld)} of {len(state['disputes'])} disputed tests are wrong"
    return {"disputes": upheld, "ruled": ruled, "stages": running.done()}


async def replan(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Go back to the best version, and have the components anew that its faults are in."""
    plan, round_ = Plan.model_validate(state["plan"]), best(state["history"])
    async with at_hand(config, runtime, plan=plan) as run:
        number = repairs(state["history"]) + 1
        restored = await run.projects.restore(
            run.record.project, run.fence, step=f"replan/{number}", attempt=1, version=round_["version"]
        )
        report = await recorded_report(run, round_["report"])
        found = as_told(await blocking_in(run, state, report), plan)
        sources = await sources_for(run, round_["version"], plan, found, {})
    texts = [describe_finding(finding) for finding in found]
    guilty = [c.id for c in plan.components if set(c.files) & sources.keys()] or [c.id for c in plan.components]
    move: Move = "rewrite"
    return {"version": restored.version, "move": move, "broken": dict.fromkeys(guilty, texts)}
