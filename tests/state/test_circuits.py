"""A provider that is down is not asked by all workers all the time, and is found again as soon as it is well."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from slipway.config import CircuitSettings
from slipway.state.circuits import Circuit
from slipway.state.keys import ProviderKeys

SETTINGS = CircuitSettings(failures=3, window=60, pause=20, longest_pause=50)
KEY = ProviderKeys("openai", None).circuit("m")


def circuit(redis: Redis, model: str = "openai:m", url: str | None = None, **changed: float) -> Circuit:
    return Circuit(redis, model, url, SETTINGS.model_copy(update=changed))


async def fail(one: Circuit, *attempts: str) -> None:
    for attempt in attempts:
        await one.enter(attempt)
        await one.leave(attempt, "failed")


async def passed(redis: Redis, what: str = "until") -> None:
    """As if a pause were over, or the time that a try has with `probe_ends`."""
    assert await redis.hset(KEY, what, 1) == 0


async def test_it_opens_after_so_many_failures_in_a_row(redis: Redis) -> None:
    """Of whichever process: another one knows it, too."""
    one, other = circuit(redis), circuit(redis)
    await fail(one, "a", "b")
    assert await one.enter("c") is None
    await fail(other, "d")
    pause = await one.enter("e")
    assert pause is not None and 0 < pause <= 20


async def test_an_answer_in_between_begins_the_count_anew(redis: Redis) -> None:
    one = circuit(redis)
    await fail(one, "a", "b")
    await one.leave("c", "answered")
    await fail(one, "d", "e")
    assert await one.enter("f") is None


async def test_failures_long_ago_do_not_count(redis: Redis) -> None:
    one = circuit(redis, window=0.05)
    await fail(one, "a", "b")
    await asyncio.sleep(0.06)
    await fail(one, "c", "d")
    assert await one.enter("e") is None


async def test_one_process_tries_and_its_success_lets_all_in(redis: Redis) -> None:
    one, other = circuit(redis), circuit(redis)
    await fail(circuit(redis, pause=0.2), "a", "b", "c")
    async with asyncio.timeout(30):
        while (pause := await one.enter("probe")) is not None:
            assert 0 < pause <= 0.2
            await asyncio.sleep(pause)
    assert await other.enter("x") == 1.0
    assert await one.enter("probe") is None  # the same one, after a lost answer
    await one.leave("probe", "answered")
    assert [await other.enter("x"), await one.enter("y")] == [None, None]


async def test_a_try_that_fails_opens_it_for_twice_as_long_up_to_a_bound(redis: Redis) -> None:
    one = circuit(redis)
    await fail(one, "a", "b", "c")
    for low, high in ((20, 40), (40, 50), (40, 50)):
        assert await one.enter("early") is not None
        await passed(redis)
        await fail(one, "probe")
        pause = await one.enter("late")
        assert pause is not None and low < pause <= high


async def test_who_began_before_it_opened_changes_nothing_by_failing_and_all_by_an_answer(redis: Redis) -> None:
    one = circuit(redis)
    assert [await one.enter("slow"), await one.enter("slower")] == [None, None]
    await fail(one, "a", "b", "c")
    await one.leave("slow", "failed")
    await passed(redis)
    assert await one.enter("probe") is None
    await one.leave("slower", "answered")
    assert await one.enter("x") is None


async def test_a_try_that_was_given_up_or_killed_leaves_it_to_the_next(redis: Redis) -> None:
    one = circuit(redis)
    await fail(one, "a", "b", "c")
    await passed(redis)
    assert await one.enter("cancelled") is None
    await one.leave("cancelled", "unknown")
    assert await one.enter("killed") is None
    assert await one.enter("next") == 1.0
    await passed(redis, "probe_ends")
    assert await one.enter("next") is None


async def test_who_asks_to_be_left_alone_is(redis: Redis) -> None:
    one = circuit(redis)
    await one.enter("a")
    await one.leave("a", "failed", 3600)
    pause = await one.enter("b")
    assert pause is not None and 3500 < pause <= 3600
    other = circuit(redis, "openai:n")
    await other.leave("a", "failed", 1e300)  # what it asks for is not to be trusted
    pause = await other.enter("b")
    assert pause is not None and 86_300 < pause <= 86_400


async def test_another_model_or_address_has_a_circuit_of_its_own(redis: Redis) -> None:
    await fail(circuit(redis), "a", "b", "c")
    others = [circuit(redis, "openai:n"), circuit(redis, "scripted:m"), circuit(redis, url="http://127.0.0.1:1/v1")]
    assert [await other.enter("a") for other in others] == [None] * 3
