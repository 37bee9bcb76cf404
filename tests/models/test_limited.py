"""A call waits for its turn where that is cheap, in a queue; and what it waits is not the model's time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
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
    """A model that answers once it may, and keeps how many calls it had at once."""

    name = "openai:stand-in"
    role = "coder"

    def __init__(self, tokens: int = 10, *, at_once: bool = True) -> None:
        self._tokens = tokens
        self.may = asyncio.Event()
        if at_once:
            self.may.set()
        self.now = self.most = 0

    async def ask(self, call: Call) -> Reply:
        begun = time.perf_counter()
        self.now += 1
        self.most = max(self.most, self.now)
        await self.may.wait()
        self.now -= 1
        passed = time.perf_counter() - begun
        usage = Usage(calls=1, input_tokens=self._tokens, output_tokens=1, model_seconds=passed)
        return Reply(AIMessage("done"), usage)


def limited(state: Redis, model: Any, told: Told, *, window: float = 60.0, life: float = 30.0, **limits: int) -> Model:
    none = {"requests_per_minute": None, "tokens_per_minute": None, "parallel": None}
    allowed = ProviderSettings.model_validate(none | limits)
    return Limited(
        model, CONFIG, Rates(state, "openai", None, allowed, window=window, life=life), told.tracer, told.emit
    )


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.01)


async def tokens(state: Redis) -> int:
    return int(await state.hget(ProviderKeys("openai").counts, "tokens") or 0)  # type: ignore[misc]


async def test_no_more_calls_at_once_than_allowed_and_the_others_wait(state: Redis) -> None:
    told, model = Told(), Taking(at_once=False)

    async def ask() -> tuple[float, float]:
        """For how long the call waited, and for how long at most it can have."""
        begun = time.perf_counter()
        usage = (await Fallback([limited(state, model, told, parallel=2)], told.tracer).ask(CALL)).usage
        return usage.waiting_seconds, time.perf_counter() - begun - usage.model_seconds

    async def settled() -> bool:
        return model.now == 2 and len(told.events) == 3

    asked = [asyncio.create_task(ask()) for _ in range(5)]
    await until(settled)
    await asyncio.sleep(0.2)
    model.may.set()
    waits = sorted(await asyncio.gather(*asked))
    assert model.most == 2
    assert all(waited <= most for waited, most in waits)
    assert all(waited >= 0.2 for waited, _ in waits[2:])
    said = [(e.step, e.role, e.model, e.reason, e.seconds) for e in told.events if isinstance(e, Waiting)]
    assert said == [("code/a", "coder", "openai:stand-in", "limit of 'openai': calls at the same time", None)] * 3
    assert [span.name for span in told.collector.spans] == ["model.rate.wait"] * 3


async def test_requests_wait_for_their_minute(state: Redis) -> None:
    told = Told()
    model = limited(state, Taking(), told, window=2.5, requests_per_minute=1)
    begun = time.monotonic()
    await model.ask(CALL)
    await model.ask(CALL)
    assert 2.4 < time.monotonic() - begun < 30
    assert [event.reason for event in told.events if isinstance(event, Waiting)] == [
        "limit of 'openai': requests per minute"
    ]


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        (Taking(tokens=10), 11),
        (Taking(tokens=0), 1),
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
    model, slots = Taking(at_once=False), ProviderKeys("openai").slots

    async def ends() -> list[float]:
        return [end for _, end in await state.zrange(slots, 0, -1, withscores=True)]

    async def taken() -> bool:
        return bool(await ends())

    async def renewed() -> bool:
        return await ends() > first

    calls = [asyncio.create_task(limited(state, model, Told(), life=6.0, parallel=1).ask(CALL)) for _ in range(2)]
    await until(taken)
    first = await ends()
    await until(renewed)  # so that it lasts beyond its first life, and the other one waits on
    model.may.set()
    await asyncio.gather(*calls)
    assert model.most == 1


async def test_who_is_cancelled_gives_slot_and_place_back(state: Redis) -> None:
    model = limited(state, Taking(at_once=False), Told(), parallel=1)
    keys = ProviderKeys("openai")

    async def held() -> list[int]:
        return [await state.zcard(key) for key in (keys.slots, keys.queue, keys.waiting)]

    async def all_there() -> bool:
        return await held() == [1, 2, 2]

    calls = [asyncio.create_task(model.ask(CALL)) for _ in range(3)]
    await until(all_there)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert await held() == [0, 0, 0]
