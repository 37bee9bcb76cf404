from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...state.records import Brief
from ..records import first_version
from ..sharing import at_hand
from ..state import RunContext, RunState
from ..steps import step


async def interpret(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Turn the request into a brief."""
    async with (
        at_hand(config, runtime, state.get("request", "")) as run,
        step(run, "interpret", "interpret", "architect") as running,
    ):
        base = first_version(run.record)
        files = sorted(await run.projects.manifest(run.record.project, base))
        made = await agents.interpret(run.desk("architect", running.path), run.record.request, files)
        running.usage, running.version = made.usage, base
    brief = made.record.model_dump(mode="json")
    return {"brief": brief, "version": base, "wave": 0, "rounds": 0, "stages": running.done()}


async def design(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Turn the brief into a plan."""
    async with at_hand(config, runtime) as run, step(run, "design", "design", "architect") as running:
        files = sorted(await run.projects.manifest(run.record.project, state["version"]))
        brief = Brief.model_validate(state["brief"])
        made = await agents.design(run.desk("architect", running.path), brief, files)
        running.usage, running.version = made.usage, state["version"]
    return {"plan": made.record.model_dump(mode="json"), "stages": running.done()}
