from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...state.records import Brief, Plan
from ..focus import contents, viewed
from ..kits import offered, told
from ..questions import open_questions, settled
from ..records import first_version
from ..routes import route_of
from ..sharing import at_hand
from ..state import RunContext, RunState
from ..steps import step


async def interpret(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Turn the request into a brief. Questions that nobody is asked are answered by assumptions."""
    async with (
        at_hand(config, runtime, state.get("request", "")) as run,
        step(run, "interpret", "interpret", "architect") as running,
    ):
        base = first_version(run.record)
        files = await contents(run, base)
        view = await viewed(files, task=run.record.request)
        made = await agents.interpret(run.desk("architect", running.path), run.record.request, view)
        running.usage, running.version = made.usage, base
        brief = _on_an_empty_project(made.record) if not files else made.record
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
    }


def _on_an_empty_project(brief: Brief) -> Brief:
    # Nothing held before there was anything: a test that passes without code proves nothing.
    criteria = tuple(criterion.model_copy(update={"kept": False}) for criterion in brief.criteria)
    return brief.model_copy(update={"criteria": criteria})


async def design(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Turn the brief into a plan, or change the plan as the person wants it."""
    feedback = state.get("feedback", [])
    path = f"design/{len(feedback) + 1}" if feedback else "design"
    async with at_hand(config, runtime) as run, step(run, path, "design", "architect") as running:
        files = await contents(run, state["version"])
        brief = Brief.model_validate(state["brief"])
        view = await viewed(files, task=f"{run.record.request} {brief.goal}")
        before = Plan.model_validate(state["plan"]) if feedback else None
        packs = await asyncio.to_thread(offered, run.record.pack)
        made = await agents.design(run.desk("architect", running.path), brief, view, before, feedback, packs)
        route = route_of(made.record, run.record.lineup, empty=not files)
        pack = made.record.pack if made.record.pack in packs else told(run.record.pack)
        running.usage, running.version, running.note = made.usage, state["version"], f"route: {route}"
        running.note += f", pack: {pack}" if pack else ""
    plan = made.record.model_copy(update={"route": route, "pack": pack})
    return {"plan": plan.model_dump(mode="json"), "stages": running.done()}
