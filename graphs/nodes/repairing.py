from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...agents import Attempt, Desk, Disputed, Proving
from ...config import Role
from ...sandboxes import FileContent
from ...state.records import Brief, CheckReport, Finding, Plan
from ...tools import DISPUTE_TEST, describe_finding, describe_findings
from ..conversing import kept, said
from ..focus import sources_for, tried
from ..holding import as_told, held_out
from ..judging import executed
from ..ladder import best, next_for, repairs
from ..outcome import blocking_in, recorded_report
from ..ownership import alone
from ..ownership import repairs as may_repair
from ..resources import Resources
from ..sharing import at_hand
from ..state import Dispute, Move, Round, RunContext, RunState
from ..steps import Step, publish, step, workspace
from ..workbench import Scope, tools_for
from .writing import as_written, vacuous_tests


async def fix(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Have repaired what blocks, as the ladder says: as it is, on another idea, or by a stronger model."""
    move = next_for(state["history"], runtime.context or RunContext())
    assert move in ("fix", "rethink", "escalate"), "a route leads here for nothing else"
    plan, path = Plan.model_validate(state["plan"]), f"fix/{repairs(state['history']) + 1}"
    async with at_hand(config, runtime, plan=plan) as run:
        fixed = _by_one_agent if run.record.lineup.history == "full" else _by_the_fixer
        role = run.record.lineup.plays("architect" if move == "escalate" else "fixer")
        async with step(run, path, "fix", role) as running:
            changed = await fixed(run, running, state, plan, move)
            running.note = "; ".join(filter(None, (move * (move != "fix"), running.note)))
    return {"move": move, **changed, "stages": running.done()}


async def _by_the_fixer(run: Resources, running: Step, state: RunState, plan: Plan, move: Move) -> dict[str, Any]:
    """A repair in a conversation of its own, without a look at the tests that are held out; the tests are locked."""
    base, brief = state["version"], Brief.model_validate(state["brief"])
    async with workspace(run, base, without=held_out(plan)) as sandbox:
        report, before = await recorded_report(run, state["report"]), await sandbox.snapshot()
        found = as_told(await blocking_in(run, state, report), held_out(plan))
        ran = await executed(run, running.path, sandbox, _failing(report, found, plan))
        attempt = Attempt(
            findings=describe_findings(found),
            sources=await sources_for(run, base, plan, found, ran),
            executed=ran,
            tried=await tried(run, state["history"], plan),
            anew=move != "fix",
        )
        may_write = may_repair(plan, disputes=DISPUTE_TEST in agents.tools_of(run.record.lineup, "fixer"))
        scope = Scope(state["baseline_report"], told=found, hidden=await _hidden(run, base, plan))
        toolbox = tools_for(run, sandbox, may_write, base, "fixer", scope)
        assert running.role, "an agent is at work"
        proving = Proving(ends=frozenset() if _is_seen(found, run) else None)
        work = await agents.fix(_desk(run, running.role, running.path), toolbox, brief, plan, attempt, proving)
        running.did(work)
        version = await publish(run, running, base, sandbox, may_write, since=before)
    plan = await as_written(run, plan, state["base"], version)
    disputes = _disputes(work.disputes, plan, state)
    return {"version": version, "disputes": disputes, "plan": plan.model_dump(mode="json")}


async def _by_one_agent(run: Resources, running: Step, state: RunState, plan: Plan, move: Move) -> dict[str, Any]:
    """A repair by who wrote all of it, tests included, and has all of it before its eyes."""
    base, brief = state["version"], Brief.model_validate(state["brief"])
    async with workspace(run, base) as sandbox:
        found = await blocking_in(run, state, await recorded_report(run, state["report"]))
        attempt = Attempt(findings=describe_findings(found), sources={}, anew=move != "fix")
        may_write = alone(plan)
        toolbox = tools_for(run, sandbox, may_write, base, "coder", Scope(state["baseline_report"]))
        desk = run.desk("coder", running.path, await said(run, state.get("talk", "")))
        work = await agents.fix(desk, toolbox, brief, plan, attempt)
        running.did(work)
        version = await publish(run, running, base, sandbox, may_write)
    vacuous = await vacuous_tests(run, running, plan, state["base"], version)
    return {"version": version, "vacuous": vacuous, **await kept(run, work.messages)}


async def _hidden(run: Resources, version: str, plan: Plan) -> dict[str, FileContent]:
    files = await run.projects.files(run.record.project, version)
    return {path: FileContent(*files[path]) for path in held_out(plan) if path in files}


def _is_seen(found: Sequence[Finding], run: Resources) -> bool:
    """Whether the checks that go along with the repair would find all of it again."""
    return {each.check for each in found} <= {check.name for check in run.kit.checks}


def _failing(report: CheckReport, found: Sequence[Finding], plan: Plan) -> list[str]:
    """The tests among what was `found` that ran and failed; what is held out is not there to be run."""
    red, held = {test.id for test in report.tests if test.status in ("failed", "error")}, held_out(plan)
    return list(dict.fromkeys(f.rule for f in found if f.rule in red and f.file not in held))


def _desk(run: Resources, role: Role, path: str) -> Desk:
    """The fixer's desk; a stronger model sits at it where the ladder says so."""
    return replace(run.desk(role, path), prompt=run.desk("fixer", path).prompt, part="fixer")


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
    """Have the components anew that the faults are in: of the newest version, or, at last, of the best there was."""
    plan, move = Plan.model_validate(state["plan"]), next_for(state["history"], runtime.context or RunContext())
    assert move in ("again", "rewrite"), "a route leads here for nothing else"
    round_ = best(state["history"]) if move == "rewrite" else state["history"][-1]
    async with at_hand(config, runtime, plan=plan) as run:
        version = state["version"] if move == "again" else await _restored(run, state, round_)
        report = await recorded_report(run, round_["report"])
        found = as_told(await blocking_in(run, state, report), held_out(plan))
        sources = await sources_for(run, round_["version"], plan, found, {})
    texts = describe_findings(found)
    guilty = [c.id for c in plan.components if set(c.files) & sources.keys()] or [c.id for c in plan.components]
    return {"version": version, "move": move, "broken": dict.fromkeys(guilty, texts)}


async def _restored(run: Resources, state: RunState, round_: Round) -> str:
    number = repairs(state["history"]) + 1
    restored = await run.projects.restore(
        run.record.project, run.fence, step=f"replan/{number}", attempt=1, version=round_["version"]
    )
    return restored.version
