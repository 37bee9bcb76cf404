"""An answered call costs nothing again: a resumed run goes on with the very reply that it had."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from redis.asyncio import Redis

from slipway.models import Call, Journaled, ModelUnreachable, Reply, usage_of
from slipway.state import Account, Journal, JournalEntry, OverBudget, Usage, hold
from slipway.telemetry import Collector, Tracer

Answering = Any  # the stand-in of this folder's conftest

CALL = Call("code/a", 3, (HumanMessage("go"),))
REPLY = Reply(
    AIMessage(
        "Let me see.",
        id="chatcmpl-1",
        tool_calls=[{"name": "run", "args": {"command": "ls", "n": [1, None, "ü"]}, "id": "1", "type": "tool_call"}],
        invalid_tool_calls=[
            {"name": "run", "args": "{", "id": "2", "error": "no JSON", "type": "invalid_tool_call"},
        ],
        response_metadata={"model_name": "m-2026"},
        usage_metadata={"input_tokens": 10, "output_tokens": 5, "total_tokens": 15},
    ),
    Usage(calls=1, input_tokens=10, cached_tokens=4, output_tokens=5, cost_usd=None, model_seconds=0.25),
)


async def test_the_second_time_the_recorded_reply_is_given(state: Redis, answering: Answering) -> None:
    collector = Collector()
    model, tracer = answering(lambda call: REPLY), Tracer(collector.provider, "r")
    async with hold(state, run="r", project="p") as fence:
        first = await Journaled(model, Journal(state, fence), tracer).ask(CALL)
    async with hold(state, run="r", project="p") as fence:
        again = await Journaled(model, Journal(state, fence), tracer).ask(CALL)
        twice = await Journal(state, fence).asked_twice()
    assert first == REPLY
    assert again == Reply(REPLY.message, REPLY.usage, journaled=True)
    assert (model.calls, twice) == ([CALL], 0)
    assert [(span.name, dict(span.attributes or {})) for span in collector.spans] == [
        ("journal.hit", {"gen_ai.conversation.id": "r", "slipway.step": "code/a", "slipway.kind": "model"}),
    ]  # fmt: skip


async def test_the_record_tells_what_was_asked(state: Redis, answering: Answering) -> None:
    """Replay with another model and the datasets are made of it."""
    async with hold(state, run="r", project="p") as fence:
        journal = Journal(state, fence)
        await Journaled(answering(lambda call: REPLY), journal, Tracer(Collector().provider, "r")).ask(CALL)
        [entry] = await journal.entries()
    assert (entry.step, entry.index, entry.kind) == ("code/a", 3, "model")
    assert entry.request == CALL.canonical("openai:stand-in")


async def test_what_a_run_used_is_added_up_from_its_record(state: Redis, answering: Answering) -> None:
    """A stage that was cut short was paid for, too; tools cost nothing."""
    known = Usage(calls=1, input_tokens=10, output_tokens=5, cost_usd=0.25, model_seconds=0.5)
    model = answering(lambda call: Reply(AIMessage("ok"), known))
    async with hold(state, run="r", project="p") as fence:
        journal = Journal(state, fence)
        journaled = Journaled(model, journal, Tracer(Collector().provider, "r"))
        for index in (0, 1, 1):
            await journaled.ask(Call("code/a", index, CALL.messages))
        await journal.record(JournalEntry(step="s", index=0, kind="tool", digest="d", request="[]", reply="{}"))
        entries = await journal.entries()
    assert usage_of(entries) == known + known
    assert usage_of([]) == Usage()


async def test_another_request_place_or_model_is_another_call(state: Redis, answering: Answering) -> None:
    other = answering(lambda call: REPLY)
    other.name = "openai:other"
    model = answering(lambda call: REPLY)
    calls = [
        CALL,
        Call("code/b", 3, CALL.messages),
        Call("code/a", 4, CALL.messages),
        Call("code/a", 3, (HumanMessage("stop"),)),
        Call("code/a", 3, CALL.messages, ({"type": "function"},)),
    ]
    async with hold(state, run="r", project="p") as fence:
        journal, tracer = Journal(state, fence), Tracer(Collector().provider, "r")
        for call in calls:
            await Journaled(model, journal, tracer).ask(call)
        await Journaled(other, journal, tracer).ask(CALL)
    assert (model.calls, other.calls) == (calls, [CALL])


async def test_a_call_that_failed_is_asked_again_and_counted_after_a_death(state: Redis, answering: Answering) -> None:
    """It may have been answered, and paid for; a call that the budget refused never was."""

    def unreachable(call: Call) -> Reply:
        raise ModelUnreachable("no")

    def too_dear(call: Call) -> Reply:
        raise OverBudget(Account("r", "p"), "code", "run", "steps", used=1, wanted=1, cap=1)

    tracer = Tracer(Collector().provider, "r")
    refused = Call("code/a", 4, CALL.messages)
    async with hold(state, run="r", project="p") as fence:
        with pytest.raises(ModelUnreachable):
            await Journaled(answering(unreachable), Journal(state, fence), tracer).ask(CALL)
        with pytest.raises(OverBudget):
            await Journaled(answering(too_dear), Journal(state, fence), tracer).ask(refused)
    model = answering(lambda call: REPLY)
    async with hold(state, run="r", project="p") as fence:
        journal = Journal(state, fence)
        for call in (CALL, refused):
            assert await Journaled(model, journal, tracer).ask(call) == REPLY
        assert await journal.asked_twice() == 1
    assert model.calls == [CALL, refused]


def test_it_is_the_model_that_it_wraps(state: Redis, answering: Answering) -> None:
    journaled = Journaled(answering(lambda call: REPLY), Any, Tracer(Collector().provider, "r"))
    assert (journaled.name, journaled.role) == ("openai:stand-in", "coder")
