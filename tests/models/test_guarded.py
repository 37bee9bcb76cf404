"""An endpoint that is down costs one failure for each attempt, until nobody asks it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from redis.asyncio import Redis

from slipway.config import CircuitSettings, RoleConfig
from slipway.models import Call, ChatModel, CircuitOpen, Guarded, ModelBusy, ModelRefused, ModelUnreachable
from slipway.models.providers import open_chat
from slipway.models.scripted import Script, serving
from slipway.state.circuits import Circuit
from slipway.state.keys import ProviderKeys

from .conftest import ANSWER, Raising, ends, faulty

CALL = Call("code/a", 0, (SystemMessage("# Role: coder"), HumanMessage("go")))
SETTINGS = CircuitSettings(failures=2, window=60, pause=60, longest_pause=600)


def guarded(state: Redis, model: Raising | ChatModel) -> Guarded:
    return Guarded(model, Circuit(state, model.name, None, SETTINGS), patience=10)


async def test_it_is_left_alone_by_all_tried_by_one_and_asked_by_all_again(state: Redis, tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = Script.model_validate(faulty(kind="status", status=500, times=2))
    with serving(script, log=log) as endpoint:
        config = RoleConfig(model="openai:m", base_url=endpoint.base_url)
        opened = open_chat(config, lambda name: None)
        one, other = (guarded(state, ChatModel("coder", config, opened)) for _ in range(2))
        for model in (one, other):
            with pytest.raises(ModelUnreachable, match="HTTP 500"):
                await model.ask(CALL)
        with pytest.raises(CircuitOpen) as caught:
            await one.ask(CALL)
        assert re.fullmatch(
            r"the coder's model 'openai:m' keeps failing, and is not asked now; a next try makes sense in \d\d s",
            str(caught.value),
        )
        assert caught.value.unanswered and 0 < (caught.value.retry_after or 0) <= 60
        assert await state.hset(ProviderKeys("openai", None).circuit("m"), "until", 1) == 0  # as if that had passed
        assert (await one.ask(CALL)).message.text == (await other.ask(CALL)).message.text == ANSWER
        await opened.close()
    assert ends(log) == ["status", "status", None, None]


@pytest.mark.parametrize("error", [ModelBusy("429", unanswered=True), ModelRefused("bad key")])
async def test_one_that_is_busy_or_refuses_is_well(state: Redis, error: Exception) -> None:
    model = Raising(error, error, error)
    for _ in range(3):
        with pytest.raises(type(error)):
            await guarded(state, model).ask(CALL)
    await guarded(state, model).ask(CALL)
    assert model.asked == 4


@pytest.mark.parametrize("kind", [ModelBusy, ModelUnreachable])
async def test_one_that_asks_to_be_left_alone_for_long_is(state: Redis, kind: type[ModelUnreachable]) -> None:
    """All workers learn it from the first who was told."""
    model = Raising(kind("later", retry_after=3600))
    with pytest.raises(kind, match="later"):
        await guarded(state, model).ask(CALL)
    with pytest.raises(CircuitOpen, match=r"a next try makes sense in 3\d\d\d s"):
        await guarded(state, model).ask(CALL)
    assert model.asked == 1


async def test_a_call_that_is_given_up_tells_nothing(state: Redis) -> None:
    class Slow(Raising):
        async def ask(self, call: Call) -> None:  # type: ignore[override]
            await asyncio.sleep(30)

    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await guarded(state, Slow()).ask(CALL)
    await guarded(state, Raising()).ask(CALL)
