from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ...state.records import Finding, Status
from ...state.text import counted
from ...tools import describe_finding
from ..ladder import best, idle, repairs
from ..mutating import let_pass
from ..outcome import blocking_in, recorded_report
from ..resources import Resources
from ..routes import MERGES
from ..sharing import at_hand, run_id
from ..state import Move, RunContext, RunState
from ..steps import Step, step

_CONFLICT = "another run changed the project meanwhile"


async def deliver(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Make the green version the project's; a replay leaves the project as it is.

    Where another run changed the project meanwhile, both changes are merged, and what comes of it is checked again.
    """
    merges = sum(each["move"] == "merge" for each in state["history"])
    path = f"deliver/{merges + 1}" if merges else "deliver"
    async with at_hand(config, runtime) as run, step(run, path, "deliver") as running:
        version = running.version = state["version"]
        await run.projects.mark_green(run.record.project, run.fence, version)
        if _replays(run) or await _moved(run, state["base"], version):
            ended: dict[str, Any] = {"status": "delivered", "reason": ""}
        else:
            ended = await _merged(run, running, state, merges)
        if "status" in ended:
            await _tell(run, ended["status"])
    return {**ended, "stages": running.done()}


def _replays(run: Resources) -> bool:
    return run.record.origin is not None and run.record.origin.kind == "replay"


async def _moved(run: Resources, base: str, version: str) -> bool:
    # A repeat of this step finds the head where it left it, and that is a success.
    return await run.projects.advance_head(run.record.project, run.fence, expected=base, version=version)


async def _merged(run: Resources, running: Step, state: RunState, merges: int) -> dict[str, Any]:
    """The run's changes on what the project has become, or the conflict that keeps them apart."""
    projects, project = run.projects, run.record.project
    if merges == MERGES:
        return {"status": "conflict", "reason": f"{_CONFLICT}, {MERGES + 1} times; run the request again"}
    head = await projects.head(project)
    merged = await projects.merge(project, run.fence, base=state["base"], ours=state["version"], theirs=head)
    if merged.conflicts:
        running.note = "the project has moved on since this run began"
        both = ", ".join(merged.conflicts)
        return {"status": "conflict", "reason": f"{_CONFLICT}: both changed {both}; run the request again on that"}
    revision = await projects.publish(project, run.fence, step=running.path, attempt=1, changes=merged.changes)
    running.version, running.note = revision.version, f"merged with {head[:12]}, which another run delivered"
    move: Move = "merge"
    return {"base": head, "version": revision.version, "move": move}


async def give_up(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """End without a delivery, on the best version that there was, and say what is missing."""
    round_ = best(state["history"])
    async with at_hand(config, runtime) as run:
        if round_["version"] != state["version"]:
            await run.projects.restore(
                run.record.project, run.fence, step="give_up", attempt=1, version=round_["version"]
            )
        await _tell(run, "gave_up")
        name = run_id(config)
        if state["green"]:
            reason = _unconvincing(state, name)
        else:
            report = await recorded_report(run, round_["report"])
            reason = _red(state, await blocking_in(run, state, report), name)
    return {"status": "gave_up", "reason": reason, "version": round_["version"], "report": round_["report"]}


def _unconvincing(state: RunState, run: str) -> str:
    """Why what is green is not delivered."""
    unnoticed = let_pass(state)
    if not unnoticed:
        return _unproven(state)
    first = unnoticed[0].splitlines()[0]
    return f"its tests prove too little: {first}; see what they let pass with: slipway show {run}"


def _unproven(state: RunState) -> str:
    open_ = ", ".join(name for name in state["unproven"] if name not in state["confirmed"])
    return (
        f"no telling test proves {open_}: a criterion needs a test that is named after it and that fails while there "
        "is no code, or a person who confirms it"
    )


def _red(state: RunState, found: Sequence[Finding], run: str) -> str:
    history = state["history"]
    what = counted(len(found), "finding") + (" still blocks" if len(found) == 1 else " still block")
    stuck = f", the last {idle(history)} of which changed nothing" if idle(history) > 1 else ""
    first = describe_finding(found[0]).partition("\n")[0]
    return f"{what} after {counted(repairs(history), 'repair')}{stuck}: {first}; see more with: slipway show {run}"


async def _tell(run: Resources, status: Status) -> None:
    # `run()` records the end itself, with the outcome; another platform does not.
    if run.record.adopted:
        await run.runs.set_status(run.record.id, status)
