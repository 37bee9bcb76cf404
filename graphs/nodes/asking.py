"""The nodes that wait for a person. An interrupt runs its node again from the start, so they do nothing else."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from ...models import digest
from ...state.records import Brief, JournalEntry, Plan
from ..outcome import proofs_of, recorded_report
from ..questions import (
    Request,
    ask_for_delivery,
    ask_for_plan,
    ask_questions,
    decided,
    edited_plan,
    open_questions,
    settled,
)
from ..sharing import at_hand
from ..state import RunContext, RunState


async def ask(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Have the questions answered that the architect could not answer from the request."""
    brief = Brief.model_validate(state["brief"])
    asked = open_questions(brief, (runtime.context or RunContext()).ask)
    answer = await _decision("ask", 0, ask_questions(asked), config, runtime)
    return {"brief": settled(brief, asked, answer).model_dump(mode="json")}


async def approve(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Have the plan approved, edited, turned down or sent back with a remark."""
    request = ask_for_plan(Plan.model_validate(state["plan"]))
    answer = await _decision("approve", len(state["feedback"]), request, config, runtime)
    [decision] = decided(request, answer)
    match decision.type:
        case "approve":
            return {"approval": "approved"}
        case "edit":
            edited = edited_plan(decision).model_copy(
                update={"route": state["plan"]["route"], "pack": state["plan"].get("pack", "")}
            )
            return {"approval": "approved", "plan": edited.model_dump(mode="json")}
        case "respond":
            return {"approval": "changes", "feedback": [decision.message]}
        case "reject":
            return {"approval": "rejected", **_turned_down("the plan", decision.message)}


async def accept(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Have the delivery accepted, and the criteria confirmed that no check can prove."""
    request = await _delivery(state, config, runtime)
    answer = await _decision("accept", len(state["history"]), request, config, runtime)
    *confirmed, last = decided(request, answer)
    if last.type == "reject":
        return {"approval": "rejected", **_turned_down("the delivery", last.message)}
    named = [action["args"]["criterion"] for action in request["action_requests"][:-1]]
    taken = [name for name, decision in zip(named, confirmed, strict=True) if decision.type == "approve"]
    return {"approval": "approved", "confirmed": [*state["confirmed"], *taken]}


async def _decision(
    step: str, index: int, request: Request, config: RunnableConfig, runtime: Runtime[RunContext]
) -> Any:
    """What a person decides on `request`; in a replay what was decided in the run that it replays."""
    text = json.dumps(request, sort_keys=True, ensure_ascii=False)
    key = digest(text)
    async with at_hand(config, runtime) as run:
        known = await run.journal.find(step, index, "answer", key)
    if known is not None:
        return json.loads(known.reply)
    answer = interrupt(request)
    reply = json.dumps(answer, ensure_ascii=False)
    async with at_hand(config, runtime) as run:
        await run.journal.record(
            JournalEntry(step=step, index=index, kind="answer", digest=key, request=text, reply=reply)
        )
    return answer


async def _delivery(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> Request:
    async with at_hand(config, runtime) as run:
        report = await recorded_report(run, state["report"])
    brief = Brief.model_validate(state["brief"])
    unproven = [name for name in state["unproven"] if name not in state["confirmed"]]
    return ask_for_delivery(state["version"], proofs_of(state, report), brief, unproven=unproven)


def _turned_down(what: str, why: str) -> dict[str, str]:
    return {"status": "cancelled", "reason": f"{what} was turned down{': ' + why if why else ''}"}
