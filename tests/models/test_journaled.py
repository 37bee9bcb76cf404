"""An answered call costs nothing again: a resumed run goes on with the very reply that it had."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from redis.asyncio import Redis

from slipway.models import Call, InFlight, Journaled, ModelBusy, ModelRefused, ModelUnreachable, Reply, usage_of
from slipway.models.base import Around
from slipway.state import Journal, JournalEntry, Usage, hold
from slipway.state.keys import RunKeys
from slipway.telemetry import Collector, Tracer

from .conftest import Raising

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


@pytest.mark.parametrize(
    ("errors", "twice"),
    [
        ([ModelUnreachable("silence")], 1),
        ([ModelUnreachable("never sent", unanswered=True)], 0),
        ([ModelBusy("429", unanswered=True)], 0),
        ([ModelRefused("bad key")], 0),
        ([ModelUnreachable("silence"), ModelBusy("429", unanswered=True)], 1),
        ([ModelUnreachable("silence"), ModelRefused("bad key")], 1),
        ([ModelBusy("429", unanswered=True), ModelUnreachable("silence")], 1),
    ],
)
async def test_what_may_have_been_answered_is_in_flight_whatever_came_of_the_next_try(
    state: Redis, errors: list[Exception], twice: int
) -> None:
    """It may have been charged: a later process that asks again asks twice, and the outcome says so."""
    model = Raising(*errors)
    tracer = Tracer(Collector().provider, "r")
    async with hold(state, run="r", project="p") as fence:
        journal = Journal(state, fence)
        journaled = Journaled(InFlight(model, journal, "openai:stand-in"), journal, tracer)
        for error in errors:
            with pytest.raises(type(error)):
                await journaled.ask(CALL)
        assert await journal.asked_twice() == 0
    async with hold(state, run="r", project="p") as fence:
        journal = Journal(state, fence)
        reply = await Journaled(InFlight(model, journal, "openai:stand-in"), journal, tracer).ask(CALL)
        assert reply.message == model.said
        assert await journal.asked_twice() == twice


async def test_a_call_is_noted_under_the_name_that_the_role_asks_by(state: Redis, answering: Answering) -> None:
    """Else the answer of a fallback would leave the note behind, and be counted as in flight for ever."""
    async with hold(state, run="r", project="p") as fence:
        journal = Journal(state, fence)
        fallback = answering(lambda call: REPLY)
        fallback.name = "openai:other"
        noted = InFlight(fallback, journal, "openai:stand-in")

        class Asked(Around):
            name = "openai:stand-in"

            async def ask(self, call: Call) -> Reply:
                return await self.inner.ask(call)

        await Journaled(Asked(noted), journal, Tracer(Collector().provider, "r")).ask(CALL)
        assert await state.hgetall(RunKeys("r").journal_open) == {}  # type: ignore[misc]


def test_it_is_the_model_that_it_wraps(state: Redis, answering: Answering) -> None:
    journaled = Journaled(answering(lambda call: REPLY), Any, Tracer(Collector().provider, "r"))
    assert (journaled.name, journaled.role) == ("openai:stand-in", "coder")
