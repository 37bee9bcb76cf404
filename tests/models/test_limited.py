"""A call waits for its turn where that is cheap, in a queue; and what it waits is not the model's time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from redis.asyncio import Redis

from slipway.config import ProviderSettings, RoleConfig
from slipway.models import Call, Fallback, Limited, Model, ModelRefused, ModelUnreachable, Reply
from slipway.state import Usage, Waiting
from slipway.state.keys import ProviderKeys
from slipway.state.rates import Rates

from .conftest import Raising, Told

CONFIG = RoleConfig(model="openai:stand-in", max_output_tokens=100)
CALL = Call("code/a", 0, (HumanMessage("go"),))
BOUND = len(CALL.canonical("openai:stand-in").encode()) + 100


class Taking:
    """A model that takes its time, and keeps how many calls it had at once."""

    name = "openai:stand-in"
    role = "coder"

    def __init__(self, seconds: float, tokens: int = 10) -> None:
        self._seconds = seconds
        self._tokens = tokens
        self.now = self.most = 0

    async def ask(self, call: Call) -> Reply:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self._seconds)
        self.now -= 1
        usage = Usage(calls=1, input_tokens=self._tokens, output_tokens=1, model_seconds=self._seconds)
        return Reply(AIMessage("done"), usage)


def limited(state: Redis, model: Any, told: Told, *, window: float = 60.0, life: float = 30.0, **limits: int) -> Model:
    none = {"requests_per_minute": None, "tokens_per_minute": None, "parallel": None}
    allowed = ProviderSettings.model_validate(none | limits)
    return Limited(
        model, CONFIG, Rates(state, "openai", None, allowed, window=window, life=life), told.tracer, told.emit
    )


async def tokens(state: Redis) -> int:
    return int(await state.hget(ProviderKeys("openai").counts, "tokens") or 0)  # type: ignore[misc]


async def test_no_more_calls_at_once_than_allowed_and_the_others_wait(state: Redis) -> None:
    told, model = Told(), Taking(0.1)
    wrapped = [limited(state, model, told, parallel=2) for _ in range(5)]
    replies = await asyncio.gather(*(Fallback([each], told.tracer).ask(CALL) for each in wrapped))
    assert model.most == 2
    waits = sorted(reply.usage.waiting_seconds for reply in replies)
    assert waits[1] < 0.05 < waits[2] < waits[4]
    assert {reply.usage.model_seconds for reply in replies} == {0.1}
    said = [(e.step, e.role, e.model, e.reason, e.seconds) for e in told.events if isinstance(e, Waiting)]
    assert said == [("code/a", "coder", "openai:stand-in", "limit of 'openai': calls at the same time", None)] * 3
    assert [span.name for span in told.collector.spans] == ["model.rate.wait"] * 3


async def test_requests_wait_for_their_minute(state: Redis) -> None:
    told = Told()
    model = limited(state, Taking(0), told, window=0.2, requests_per_minute=1)
    begun = time.monotonic()
    await model.ask(CALL)
    await model.ask(CALL)
    assert 0.2 < time.monotonic() - begun < 2.0
    assert [event.reason for event in told.events if isinstance(event, Waiting)] == [
        "limit of 'openai': requests per minute"
    ]


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        (Taking(0, tokens=10), 11),
        (Taking(0, tokens=0), 1),
        (Raising(), BOUND),  # it answered, and did not say how much
        (Raising(ModelUnreachable("silence")), BOUND),
        (Raising(ModelUnreachable("429", unanswered=True)), 0),
        (Raising(ModelRefused("bad key")), 0),
    ],
)
async def test_tokens_are_held_at_the_bound_of_the_budget_and_corrected(state: Redis, model: Any, kept: int) -> None:
    with contextlib.suppress(ModelUnreachable, ModelRefused):
        await limited(state, model, Told(), tokens_per_minute=10_000).ask(CALL)
    assert await tokens(state) == kept


async def test_a_long_call_keeps_its_slot(state: Redis) -> None:
    model = Taking(0.5)
    await asyncio.gather(*(limited(state, model, Told(), life=0.2, parallel=1).ask(CALL) for _ in range(2)))
    assert model.most == 1


async def test_who_is_cancelled_gives_slot_and_place_back(state: Redis) -> None:
    model = limited(state, Taking(30), Told(), parallel=1)
    calls = [asyncio.create_task(model.ask(CALL)) for _ in range(3)]
    await asyncio.sleep(0.1)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    keys = ProviderKeys("openai")
    assert [await state.zcard(key) for key in (keys.slots, keys.queue, keys.waiting)] == [0, 0, 0]
