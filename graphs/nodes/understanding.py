from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...config import Role
from ...state.records import Brief, Plan
from ..conversing import kept, said
from ..focus import contents, viewed
from ..kits import offered, told
from ..questions import open_questions, settled
from ..records import first_version
from ..resources import Resources, planned
from ..routes import route_of
from ..sharing import at_hand
from ..state import RunContext, RunState
from ..steps import Step, step
from ..unplanned import brief_of, plan_of

_NOBODY = "nobody plans: made from the request alone"


async def interpret(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Turn the request into a brief. Questions that nobody is asked are answered by assumptions."""
    async with (
        at_hand(config, runtime, state.get("request", "")) as run,
        step(run, "interpret", "interpret", _planner(run)) as running,
    ):
        base = running.version = first_version(run.record)
        files = await contents(run, base)
        brief, talk = await _brief(run, running, files)
        brief = brief if files else _on_an_empty_project(brief)
    if not open_questions(brief, (runtime.context or RunContext()).ask):
        brief = settled(brief, (), ())
    return {
        "brief": brief.model_dump(mode="json"),
        "base": run.record.base,
        "version": base,
        "wave": 0,
        "attempts": {},
        "broken": {},
        "confirmed": [],
        "disputes": [],
        "ruled": [],
        "vacuous": [],
        "stages": running.done(),
        **talk,
    }


def _planner(run: Resources) -> Role | None:
    """Who makes the brief and the plan; None: nobody."""
    lineup = run.record.lineup
    return lineup.plays("architect") if planned(lineup) else None


async def _brief(run: Resources, running: Step, files: Mapping[str, bytes]) -> tuple[Brief, dict[str, Any]]:
    """The brief, and what was said as a state update."""
    if running.role is None:
        running.note = _NOBODY
        return brief_of(run.record.request), {}
    view = await viewed(files, task=run.record.request)
    made = await agents.interpret(run.desk(running.role, running.path), run.record.request, view)
    running.usage = made.usage
    return made.record, await kept(run, made.messages)


def _on_an_empty_project(brief: Brief) -> Brief:
    # Nothing held before there was anything: a test that passes without code proves nothing.
    criteria = tuple(criterion.model_copy(update={"kept": False}) for criterion in brief.criteria)
    return brief.model_copy(update={"criteria": criteria})


async def design(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Turn the brief into a plan, or change the plan as the person wants it."""
    feedback = state.get("feedback", [])
    path = f"design/{len(feedback) + 1}" if feedback else "design"
    async with at_hand(config, runtime) as run, step(run, path, "design", _planner(run)) as running:
        running.version = state["version"]
        files = await contents(run, state["version"])
        packs = await asyncio.to_thread(offered, run.record.pack)
        plan, talk = await _plan(run, running, state, files, packs)
        route = route_of(plan, run.record.lineup, empty=not files)
        pack = plan.pack if plan.pack in packs else told(run.record.pack)
        noted = (running.note, f"route: {route}", f"pack: {pack}" if pack else "")
        running.note = ", ".join(filter(None, noted))
    plan = plan.model_copy(update={"route": route, "pack": pack})
    return {"plan": plan.model_dump(mode="json"), "stages": running.done(), **talk}


async def _plan(
    run: Resources, running: Step, state: RunState, files: Mapping[str, bytes], packs: Mapping[str, str]
) -> tuple[Plan, dict[str, Any]]:
    """The plan, and what was said as a state update."""
    brief, feedback = Brief.model_validate(state["brief"]), state.get("feedback", [])
    if running.role is None:
        running.note = _NOBODY
        return plan_of(brief), {}
    view = await viewed(files, task=f"{run.record.request} {brief.goal}")
    before = Plan.model_validate(state["plan"]) if feedback else None
    desk = run.desk(running.role, running.path, await said(run, state.get("talk", "")), whole=True)
    made = await agents.design(desk, brief, view, before, feedback, packs)
    running.usage = made.usage
    return made.record, await kept(run, made.messages)
