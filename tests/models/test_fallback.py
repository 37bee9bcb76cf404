"""An outage of one provider is no outage of the run, and the record says who stood in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from redis.asyncio import Redis

from slipway.models import Call, CircuitOpen, Fallback, InFlight, Journaled, ModelRefused, ModelUnreachable, Reply
from slipway.state import Account, Fence, Journal, OverBudget, hold

from .conftest import Raising, Told

CALL = Call("code/a", 0, (HumanMessage("go"),))


@pytest.fixture
async def fence(state: Redis) -> AsyncIterator[Fence]:
    async with hold(state, run="r", project="p") as fence:
        yield fence


async def test_who_can_be_reached_answers_in_order() -> None:
    told = Told()
    models = [
        Raising(ModelUnreachable("down"), name="a:x"),
        Raising(CircuitOpen("open"), name="b:y"),
        Raising(name="c:z"),
        Raising(name="d:w"),
    ]
    fallback = Fallback(models, told.tracer)
    reply = await fallback.ask(CALL)
    assert (fallback.name, fallback.role, reply.model) == ("a:x", "coder", "c:z")
    assert [model.asked for model in models] == [1, 1, 1, 0]
    assert [(span.name, (span.attributes or {})["slipway.model"]) for span in told.collector.spans] == [
        ("model.fallback", "b:y"), ("model.fallback", "c:z"),
    ]  # fmt: skip


async def test_what_passed_beside_the_answer_is_waiting_and_no_time_of_the_model() -> None:
    class Slow(Raising):
        took = 0.0

        async def ask(self, call: Call) -> Reply:
            begun = time.perf_counter()
            await asyncio.sleep(0.1)
            self.took = time.perf_counter() - begun
            reply = await super().ask(call)
            return Reply(reply.message, reply.usage.model_copy(update={"model_seconds": self.took}))

    down, well = Slow(ModelUnreachable("down")), Slow()
    for models, before in (([down, well], 0.1), ([well], 0.0)):
        begun = time.perf_counter()
        usage = (await Fallback(models, Told().tracer).ask(CALL)).usage
        passed = time.perf_counter() - begun
        assert usage.model_seconds == well.took and before <= usage.waiting_seconds <= passed - well.took


TOO_DEAR = OverBudget(Account("r", "p"), "code", "run", "steps", used=1, wanted=1, cap=1)


@pytest.mark.parametrize("error", [ModelRefused("bad key"), TOO_DEAR])
async def test_what_is_wrong_with_the_request_is_not_hidden(error: Exception) -> None:
    second = Raising(name="b:y")
    with pytest.raises(type(error)):
        await Fallback([Raising(error), second], Told().tracer).ask(CALL)
    assert second.asked == 0


async def test_where_nobody_can_be_reached_each_is_named_and_the_soonest_time() -> None:
    first = ModelUnreachable("first is down", unanswered=True, retry_after=9)
    second = CircuitOpen("second keeps failing", unanswered=True, retry_after=4)
    with pytest.raises(ModelUnreachable) as caught:
        await Fallback([Raising(first), Raising(second)], Told().tracer).ask(CALL)
    error = caught.value
    assert str(error) == "first is down; and second keeps failing"
    assert (error.unanswered, error.retry_after) == (True, 4)
    alone = ModelUnreachable("down")
    with pytest.raises(ModelUnreachable) as caught:
        await Fallback([Raising(alone)], Told().tracer).ask(CALL)
    assert caught.value is alone


async def test_a_call_is_the_same_call_whoever_answered_it(state: Redis, fence: Fence) -> None:
    """A run that is resumed once the first is well again must not ask anew what the second answered."""
    told = Told()
    journal = Journal(state, fence)
    first: Any = Raising(ModelUnreachable("down"), name="a:x")
    second = Raising(name="b:y")

    def role(*models: Any) -> Journaled:
        return Journaled(Fallback([InFlight(m, journal, "a:x") for m in models], told.tracer), journal, told.tracer)

    reply = await role(first, second).ask(CALL)
    again = await role(first).ask(CALL)
    assert (reply.model, again.model, again.journaled, again.usage) == ("b:y", "b:y", True, reply.usage)
    assert (first.asked, second.asked, await journal.asked_twice()) == (1, 1, 0)
