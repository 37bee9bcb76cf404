"""A cap that parallel agents or a crash can break is no cap."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from slipway.state import Account, Budget, Cap, CorruptState, Fence, FenceLost, OverBudget, RunLimits, Spend, Standing
from slipway.state.budget import take_over
from slipway.state.keys import LedgerKeys
from slipway.state.records import Level

ACCOUNT = Account("r", "p", "t")
KEYS = LedgerKeys("t", "p", "r")
NOTHING = Spend()


def budget(redis: Redis, account: Account = ACCOUNT, fence: Fence | None = None, **caps: Cap) -> Budget:
    return Budget(redis, account, RunLimits(**caps), fence)


def dollars(usd: float) -> Spend:
    return Spend(1, 100, usd)


async def test_a_call_is_reserved_and_settled_on_every_level(redis: Redis) -> None:
    own, other = budget(redis), budget(redis, Account("s", "p", "t"))
    first = await own.reserve("code", Spend(1, 100, 0.30))
    await own.settle(await own.reserve("fix", Spend(1, 50, 0.20)), Spend(1, 40, 0.05))
    await other.reserve("code", Spend(1, 7, 0.01))
    run = Standing(Spend(1, 40, 0.05), Spend(1, 100, 0.30))
    both = Standing(Spend(1, 40, 0.05), Spend(2, 107, 0.31))
    standing = {"stage": Standing(NOTHING, Spend(1, 100, 0.30)), "run": run, "project": both, "tenant_day": both}
    assert await own.standing("code") == standing
    assert (await own.standing("fix"))["stage"] == Standing(Spend(1, 40, 0.05), NOTHING)
    for _ in range(2):  # the second one is a repeat after a lost answer
        await own.settle(first, Spend(1, 60, 0.10))
        assert await own.spent() == Spend(2, 100, 0.15)


WAYS: list[tuple[Level, Cap, str]] = [
    ("call", Cap(cost_usd=0.25),
     "one call of run 'r' is limited to $0.2500: up to $0.3000 for the next call; raise that: slipway resume r --set "
     "limits.call.max_cost_usd=USD"),
    ("call", Cap(tokens=99),
     "one call of run 'r' is limited to 99 tokens: up to 100 for the next call; raise that: slipway resume r --set "
     "limits.call.max_tokens=N"),
    ("stage", Cap(steps=1),
     "stage 'code' of run 'r' is limited to 1 model calls: 1 used or reserved, up to 1 for the next call; raise that: "
     "slipway resume r --set limits.stage.max_steps=N"),
    ("run", Cap(cost_usd=0.499999),
     "run 'r' is limited to $0.5000: $0.2000 used or reserved, up to $0.3000 for the next call; raise that: slipway "
     "resume r --max-cost USD"),
    ("run", Cap(tokens=1199),
     "run 'r' is limited to 1,199 tokens: 1,100 used or reserved, up to 100 for the next call; raise that: slipway "
     "resume r --max-tokens N"),
    ("run", Cap(steps=1),
     "run 'r' is limited to 1 model calls: 1 used or reserved, up to 1 for the next call; raise that: slipway resume "
     "r --max-steps N"),
    ("project", Cap(cost_usd=0.4),
     "project 'p' is limited to $0.4000: $0.2000 used or reserved, up to $0.3000 for the next call; raise that: "
     "slipway resume r --set limits.project.max_cost_usd=USD"),
    ("tenant_day", Cap(tokens=1100),
     "tenant 't' is limited to 1,100 tokens a day (UTC): 1,100 used or reserved, up to 100 for the next call; wait for "
     "tomorrow, or raise that: slipway resume r --set limits.tenant_day.max_tokens=N"),
]  # fmt: skip


@pytest.mark.parametrize(("level", "cap", "said"), WAYS)
async def test_who_is_refused_is_told_the_level_and_what_raises_it(
    redis: Redis, level: Level, cap: Cap, said: str
) -> None:
    """Nothing stays reserved on the levels where it did fit."""
    before = budget(redis)
    await before.settle(await before.reserve("code", Spend(1, 1100, 0.20)), Spend(1, 1100, 0.20))
    standing = await before.standing("code")
    with pytest.raises(OverBudget) as raised:
        await budget(redis, **{level: cap}).reserve("code", Spend(1, 100, 0.30))
    assert (raised.value.level, str(raised.value)) == (level, said)
    assert await before.standing("code") == standing


async def test_a_cap_may_be_used_up(redis: Redis) -> None:
    own = budget(
        redis,
        **dict.fromkeys(("call", "stage", "run", "project", "tenant_day"), Cap(cost_usd=1.0, tokens=100, steps=1)),
    )
    await own.reserve("code", Spend(1, 100, 1.0))
    with pytest.raises(OverBudget):
        await own.reserve("code", Spend(0, 0, 0.000001))


async def test_parallel_agents_cannot_overspend(redis: Redis) -> None:
    """None of them waits: a call that may last no time at all is over."""
    own = budget(redis, run=Cap(cost_usd=1.0))
    tries = await asyncio.gather(*(own.reserve("code", dollars(0.1)) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(result, str) for result in tries) == 10
    assert (await own.spent()).cost_usd == pytest.approx(1.0)


async def test_a_call_may_take_more_than_was_reserved(redis: Redis) -> None:
    """It happened, so it counts."""
    own = budget(redis, run=Cap(cost_usd=1.0))
    await own.settle(await own.reserve("code", dollars(0.1)), dollars(2.0))
    assert (await own.spent()).cost_usd == 2.0
    with pytest.raises(OverBudget):
        await own.reserve("code", NOTHING)


async def test_fractions_are_rounded_against_us(redis: Redis) -> None:
    own = budget(redis, run=Cap(cost_usd=0.3))
    await own.settle(await own.reserve("code", dollars(0.1 + 0.2)), dollars(0.0000001))
    assert (await own.spent()).cost_usd == 0.000001


@pytest.mark.parametrize(
    "amount", [Spend(1, 1, -0.1), Spend(1, 1, float("nan")), Spend(1, 1, float("inf")), Spend(1, -1), Spend(-1)]
)
async def test_what_is_no_amount_is_refused(redis: Redis, amount: Spend) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        await budget(redis).reserve("code", amount)


# --- waiting ---------------------------------------------------------------------------------------------------------


async def test_what_would_fit_but_for_open_calls_waits_for_them(redis: Redis) -> None:
    """The worst case is many times what a call takes: a cap would else be full at a fraction of it."""
    own, other = budget(redis, project=Cap(cost_usd=1.0)), budget(redis, Account("s", "p", "t"))
    first = await other.reserve("code", dollars(0.9), lasts=30)
    waiting = asyncio.create_task(own.reserve("code", dollars(0.5), lasts=30))
    await asyncio.sleep(0.1)
    assert not waiting.done() and await own.spent() == NOTHING
    await other.settle(first, dollars(0.2))
    async with asyncio.timeout(20):
        await waiting
    assert (await own.standing("code"))["project"] == Standing(dollars(0.2), dollars(0.5))


async def test_what_would_not_fit_anyway_does_not_wait(redis: Redis) -> None:
    own = budget(redis, run=Cap(cost_usd=1.0), stage=Cap(steps=2))
    await own.reserve("code", dollars(0.9), lasts=30)
    async with asyncio.timeout(20):
        with pytest.raises(OverBudget):
            await own.reserve("code", dollars(1.1), lasts=30)


async def test_nobody_waits_longer_for_a_call_than_it_may_last(redis: Redis) -> None:
    """Whoever made it may be dead, and its run is perhaps never taken over."""
    own, dead = budget(redis, tenant_day=Cap(cost_usd=1.0)), budget(redis, Account("s", "q", "t"))
    begun = time.monotonic()
    await dead.reserve("code", dollars(0.9), lasts=0.3)
    with pytest.raises(OverBudget):
        await own.reserve("code", dollars(0.5), lasts=30)
    assert 0.29 <= time.monotonic() - begun < 20
    before = await scripts(redis)
    with pytest.raises(OverBudget):
        await own.reserve("code", dollars(0.5), lasts=30)
    assert await scripts(redis) == before + 1  # once that is over, nobody waits at all


async def scripts(redis: Redis) -> int:
    """How many scripts the server was asked for."""
    return (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]


async def test_who_waits_is_not_put_off_by_those_who_come_later(redis: Redis) -> None:
    """Its wait is that of the calls that it met: others that go by, again and again, do not draw it out."""
    own, others = budget(redis, project=Cap(cost_usd=1.0)), budget(redis, Account("s", "p", "t"))

    async def go_by() -> None:
        while True:
            await others.reserve("code", dollars(0.01), lasts=30)
            await asyncio.sleep(0.02)

    await others.reserve("code", dollars(0.6), lasts=0.4)
    waiting = asyncio.create_task(own.reserve("code", dollars(0.5)))
    await asyncio.sleep(0.05)
    passing = asyncio.create_task(go_by())
    async with asyncio.timeout(15):
        with pytest.raises(OverBudget):
            await waiting
    passing.cancel()


# --- taking over -----------------------------------------------------------------------------------------------------


async def test_a_takeover_settles_what_died_at_its_reservation(redis: Redis) -> None:
    """It may have been charged. Once, however often it is repeated; what the new holder reserves stays open."""
    await take_over(redis, ACCOUNT, 1)
    old, other = budget(redis, fence=Fence("r", 1)), budget(redis, Account("s", "p", "t"))
    late = await old.reserve("code", Spend(1, 100, 0.25))
    await old.reserve("fix", Spend(1, 10, 0.05))
    await other.reserve("code", Spend(1, 1, 0.01))
    new = budget(redis, fence=Fence("r", 2))
    for token in (2, 2, 1):
        await take_over(redis, ACCOUNT, token)
        if token == 2 and not (await new.standing(""))["run"].open.steps:
            await new.reserve("code", Spend(1, 5, 0.02))
        assert (await new.standing(""))["run"] == Standing(Spend(2, 110, 0.30), Spend(1, 5, 0.02))
    standing = await new.standing("code")
    assert standing["stage"] == Standing(Spend(1, 100, 0.25), Spend(1, 5, 0.02))
    assert standing["project"] == standing["tenant_day"] == Standing(Spend(2, 110, 0.30), Spend(2, 6, 0.03))
    with pytest.raises(FenceLost, match="run 'r' is no longer held by token 1: token 2 holds it"):
        await old.settle(late, NOTHING)
    with pytest.raises(FenceLost):
        await old.reserve("code", NOTHING)
    assert await new.standing("code") == standing


async def test_a_call_is_paid_on_the_day_on_which_it_began(redis: Redis) -> None:
    """A cap of a day must not be lowered by what was reserved on the day before, nor raised."""
    own = budget(redis, tenant_day=Cap(cost_usd=1.0))
    name = await own.reserve("code", dollars(0.9))
    token, day, rest = (await redis.hget(KEYS.open, name) or b"").decode().split(" ", 2)
    today, yesterday = await redis.hgetall(KEYS.days), int(day) - 1
    await redis.delete(KEYS.days)
    for field, value in today.items():
        await redis.hset(KEYS.days, field.decode().replace(day, str(yesterday)), value)
    await redis.hset(KEYS.open, name, f"{token} {yesterday} {rest}")
    await own.settle(await own.reserve("code", dollars(0.8)), dollars(0.7))
    await own.settle(name, dollars(0.9))
    assert (await own.standing("code"))["tenant_day"] == Standing(dollars(0.7), NOTHING)
    assert await redis.hget(KEYS.days, f"{yesterday}:settled:micros") == b"900000"


@pytest.mark.parametrize("garbage", ["lots", "-1", "1.5", "nan", "1" * 16, ""])
async def test_damage_is_named_and_nothing_is_written(redis: Redis, garbage: str) -> None:
    """A script that fails in its middle is not undone: the levels would tell different stories."""
    own = budget(redis)
    open_call = await own.reserve("code", dollars(0.1))
    await redis.hset(KEYS.project, "settled:micros", garbage)
    before = [await redis.dump(key) for key in KEYS.all()]
    for use in (own.reserve("code", dollars(0.1)), own.settle(open_call, NOTHING), own.spent()):
        with pytest.raises(
            CorruptState, match=r"run 'r' is corrupt.*\{tenant:t\}:project:p:used has no amount at settl"
        ):
            await use
    assert [await redis.dump(key) for key in KEYS.all()] == before
