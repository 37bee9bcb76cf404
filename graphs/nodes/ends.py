from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ...state.records import Status
from ..resources import Resources
from ..sharing import at_hand, run_id
from ..state import RunContext, RunState
from ..steps import step


async def deliver(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Make the green version the project's, unless another run changed it meanwhile; a replay leaves it as it is."""
    async with at_hand(config, runtime) as run, step(run, "deliver", "deliver") as running:
        project, version = run.record.project, state["version"]
        running.version = version
        await run.projects.mark_green(project, run.fence, version)
        delivered = _replays(run) or await _moved(run, version)
        running.note = "" if delivered else "the project has moved on since this run began"
        status: Status = "delivered" if delivered else "conflict"
        await _tell(run, status)
    reason = "" if delivered else "another run changed the project meanwhile; run the request again on its new state"
    return {"status": status, "reason": reason, "stages": running.done()}


def _replays(run: Resources) -> bool:
    return run.record.origin is not None and run.record.origin.kind == "replay"


async def _moved(run: Resources, version: str) -> bool:
    # A repeat of this step finds the head where it left it, and that is a success.
    project, base = run.record.project, run.record.base
    return await run.projects.advance_head(project, run.fence, expected=base, version=version)


async def give_up(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """End without a delivery, and say what is missing."""
    async with at_hand(config, runtime) as run:
        await _tell(run, "gave_up")
    if state["green"]:
        reason = (
            f"no telling test proves {', '.join(state['unproven'])}: a criterion needs a test that is named after it "
            "and that fails while there is no code"
        )
    else:
        reason = (
            f"{len(state['signatures'])} findings still block after {state['rounds']} repairs; "
            f"see them with: slipway show {run_id(config)}"
        )
    return {"status": "gave_up", "reason": reason}


async def _tell(run: Resources, status: Status) -> None:
    # `run()` records the end itself, with the outcome; another platform does not.
    if run.record.adopted:
        await run.runs.set_status(run.record.id, status)
