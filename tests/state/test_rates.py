"""Every process asks as if it were alone, and the provider counts all of them: what they may ask, they share."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.crc import key_slot

from slipway.config import ProviderSettings
from slipway.state import CorruptState
from slipway.state.keys import ProviderKeys
from slipway.state.rates import Rates, Refusal

_NAMES = itertools.count()


def limits(requests: int | None = None, tokens: int | None = None, parallel: int | None = None) -> ProviderSettings:
    return ProviderSettings(requests_per_minute=requests, tokens_per_minute=tokens, parallel=parallel)


def rates(redis: Redis, allowed: ProviderSettings, **times: float) -> Rates:
    return Rates(redis, "openai", None, allowed, **times)


async def left(redis: Redis, provider: str = "openai") -> dict[str, object]:
    """What the keys hold, apart from the count of numbers."""
    keys = ProviderKeys(provider)
    sizes = {name: await redis.zcard(getattr(keys, name)) for name in ("admitted", "slots", "queue", "waiting")}
    tokens = int(await redis.hget(keys.counts, "tokens") or 0)  # type: ignore[misc]
    return sizes | {"tokens": tokens, "sizes": await redis.hlen(keys.tokens)}  # type: ignore[misc]


async def pass_by(redis: Redis, seconds: float) -> None:
    """As if so many seconds went by: whatever is kept with a time is older."""
    keys = ProviderKeys("openai")
    for key in (keys.admitted, keys.slots, keys.waiting):
        for name in await redis.zrange(key, 0, -1):
            await redis.zincrby(key, -1000 * seconds, name)


async def test_requests_of_any_minute_are_counted(redis: Redis) -> None:
    """The next one may come a minute after the first, and not when a minute of the clock begins."""
    one, other = rates(redis, limits(requests=2)), rates(redis, limits(requests=2))
    assert [await one.enter("a", 5), await other.enter("b", 5)] == [None, None]
    refusal = await one.enter("c", 5)
    assert refusal is not None and refusal.limit == "requests" and 40 < refusal.seconds <= 60.002
    await one.leave("a")  # it was made all the same
    assert await one.enter("c", 5) is not None


async def test_tokens_are_held_at_their_bound_and_corrected_after(redis: Redis) -> None:
    one = rates(redis, limits(tokens=1000))
    assert await one.enter("a", 900) is None
    refusal = await one.enter("b", 200)
    assert refusal is not None and refusal.limit == "tokens" and refusal.seconds > 40
    await one.leave("a", 300)
    assert await one.enter("b", 200) is None
    assert (await left(redis))["tokens"] == 500
    await one.leave("b")  # nobody knows what it used
    assert (await left(redis))["tokens"] == 500


async def test_a_call_larger_than_a_minute_has_one_for_itself(redis: Redis) -> None:
    """It would wait for ever otherwise; nor do small ones that come later pass it."""
    one = rates(redis, limits(tokens=1000), patience=200)
    assert await one.enter("small", 1) is None
    assert await one.enter("large", 5000) is not None
    assert await one.enter("later", 1) is not None
    await pass_by(redis, 61)
    assert await one.enter("later", 1) is not None
    assert await one.enter("large", 5000) is None
    assert await one.enter("later", 1) is not None


async def test_calls_at_the_same_time(redis: Redis) -> None:
    one = rates(redis, limits(parallel=2))
    assert [await one.enter("a", 5), await one.enter("b", 5)] == [None, None]
    assert await one.enter("c", 5) == Refusal(0.05, "parallel")
    await one.leave("a", 1)
    assert await one.enter("c", 5) is None


async def test_slots_and_places_of_the_dead_come_back(redis: Redis) -> None:
    """A killed process gives nothing back; what it left must not stop the others."""
    one = rates(redis, limits(parallel=1), life=30, patience=15)
    assert await one.enter("killed", 5) is None
    assert await one.enter("killed too", 5) is not None  # it waited first in line
    assert await one.enter("next", 5) is not None
    await pass_by(redis, 20)
    await one.renew("killed")
    assert await one.enter("next", 5) == Refusal(0.05, "parallel")  # its place is the first now
    await pass_by(redis, 20)
    assert await one.enter("next", 5) is not None  # renewed in between
    await pass_by(redis, 20)
    assert await one.enter("next", 5) is None


async def test_who_came_first_is_let_in_first(redis: Redis) -> None:
    one = rates(redis, limits(parallel=1))
    assert await one.enter("a", 5) is None
    assert all([await one.enter("b", 5), await one.enter("c", 5)])
    await one.leave("a")
    assert await one.enter("c", 5) is not None
    assert await one.enter("d", 5) is not None
    await one.leave("b")  # gave up
    assert await one.enter("d", 5) is not None
    assert await one.enter("c", 5) is None


async def test_a_call_that_used_nothing_leaves_its_minute_like_any_other(redis: Redis) -> None:
    one = rates(redis, limits(tokens=10))
    assert await one.enter("a", 10) is None
    await one.leave("a", 0)
    await pass_by(redis, 61)
    assert await one.enter("b", 10) is None
    assert (await left(redis))["tokens"] == 10


async def test_asking_again_after_a_lost_answer_counts_once(redis: Redis) -> None:
    one = rates(redis, limits(requests=2))
    assert [await one.enter("a", 5), await one.enter("a", 5), await one.enter("b", 5)] == [None] * 3


async def test_another_address_has_limits_of_its_own(redis: Redis) -> None:
    for url in (None, "http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"):
        assert await Rates(redis, "openai", url, limits(requests=1)).enter("a", 5) is None


async def test_damage_is_named(redis: Redis) -> None:
    await redis.set(ProviderKeys("openai").admitted, "x")
    with pytest.raises(CorruptState, match="provider 'openai' is corrupt"):
        await rates(redis, limits(requests=1)).enter("a", 1)


def test_all_keys_of_a_provider_share_a_slot() -> None:
    """Also its circuits: a cluster refuses a script over two nodes."""
    keys = ProviderKeys("openai", "http://{}:1/v1")
    named = [value for name, value in vars(keys).items() if name != "_tag"]
    assert len({key_slot(key.encode()) for key in [*named, keys.circuit("a}b"), keys.circuit("")]}) == 1


@dataclass
class Made:
    """One call: when it was let in and over, by the server's clock in ms, and what it used."""

    entered: float
    over: float
    tokens: int


calls = st.tuples(
    st.integers(0, 60),  # ms before it comes
    st.integers(1, 12),  # tokens at most
    st.integers(0, 60),  # ms it takes
    st.sampled_from(["answered", "answered", "answered", "killed", "gave up", "killed waiting"]),
)


# It takes real time, so a counterexample is not shrunk.
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    plan=st.lists(calls, min_size=8, max_size=24),
    allowed=st.tuples(st.integers(3, 6), st.integers(12, 25), st.integers(1, 4)),
)
async def test_no_window_ever_holds_more_than_the_limits_and_everybody_is_let_in(
    redis: Redis, plan: list[tuple[int, int, int, str]], allowed: tuple[int, int, int]
) -> None:
    """Whoever comes, however much it wants, and whoever dies in between."""
    window, life, patience = 0.15, 0.1, 0.08
    provider = f"p{next(_NAMES)}"
    requests, tokens, parallel = allowed
    shared = Rates(
        redis, provider, None, limits(requests, tokens, parallel), window=window, life=life, patience=patience
    )
    keys = ProviderKeys(provider)
    made: list[Made] = []

    async def clock() -> int:
        seconds, micro = await redis.time()
        return seconds * 1000 + micro // 1000  # whole, as the scripts have it: who leaves may be followed within one

    async def call(name: str, delay: int, most: int, takes: int, end: str) -> None:
        await asyncio.sleep(delay / 1000)
        refusal = await shared.enter(name, most)
        if refusal and end == "killed waiting":
            return None
        if refusal and end == "gave up":
            return await shared.leave(name)
        while refusal:
            await asyncio.sleep(min(refusal.seconds, patience / 4))
            refusal = await shared.enter(name, most)
        entered = await redis.zscore(keys.admitted, name)
        if entered is None:
            return await shared.leave(name)  # this machine slept for longer than a window: nobody knows any more when
        if end in ("killed", "killed waiting", "gave up"):
            made.append(Made(entered, entered + life * 1000, most))
            return None
        until, kept = time.monotonic() + takes / 1000, entered
        while time.monotonic() < until:
            await asyncio.sleep(life / 4)
            asked = await clock()
            await shared.renew(name)
            if await clock() >= kept + life * 1000:
                break  # this machine slept for longer than a slot lives: it was rightly lost
            kept = asked
        made.append(Made(entered, min(await clock(), kept + life * 1000), most // 2))
        await shared.leave(name, most // 2)
        return None

    async with asyncio.timeout(100):
        await asyncio.gather(*(call(str(index), *each) for index, each in enumerate(plan)))
    for first in made:
        together = [other for other in made if first.entered <= other.entered <= first.entered + window * 1000]
        assert len(together) <= requests
        assert sum(other.tokens for other in together) <= tokens
        assert sum(other.entered <= first.entered < other.over for other in made) <= parallel
    await asyncio.sleep(window + 0.01)
    assert await shared.enter("last", 1) is None
    await shared.leave("last")
    kept = {"admitted": 1, "slots": 0, "queue": 0, "waiting": 0, "tokens": 1, "sizes": 1}
    assert await left(redis, provider) == kept
