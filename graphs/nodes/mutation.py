from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ...state.records import Plan
from ..mutating import of_components, of_kept, stored, tally, unnoticed
from ..outcome import recorded_report
from ..sharing import at_hand
from ..state import Mutated, RunContext, RunState
from ..steps import step, workspace


async def mutate(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Put faults into what the run wrote, one at a time: the tests that prove it have to notice most of them."""
    version, most = state["version"], (runtime.context or RunContext()).mutants
    plan = Plan.model_validate(state["plan"])
    path = f"mutate/{len(state.get('mutated', [])) + 1}"
    async with at_hand(config, runtime, plan=plan) as run, step(run, path, "mutate") as running:
        running.version = version
        report = await recorded_report(run, state["report"])
        passed = {test.id for test in report.tests if test.status == "passed"}
        async with workspace(run, version) as sandbox:
            components = await of_components(run, path, sandbox, state, most)
            kept = await of_kept(run, path, sandbox, state, passed)
        running.note = "; ".join(f"{tally(each)} noticed" for each in (*components, *kept)) or "no code of it in Python"
        digest = await stored(run, (*components, *kept))
    found = Mutated(version=version, results=digest, unnoticed=unnoticed(components, kept))
    return {"mutated": [found], "stages": running.done()}
