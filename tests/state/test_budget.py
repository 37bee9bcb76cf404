"""A cap that parallel agents or a crash can break is no cap."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from slipway.state import Budget, CorruptState, OverBudget
from slipway.state.keys import RunKeys


async def test_money_is_reserved_and_settled(redis: Redis) -> None:
    budget = Budget(redis, "r")
    first = await budget.reserve(0.30, 0.50)
    assert await budget.spent() == pytest.approx(0.30)
    await budget.settle(first, 0.10)
    await budget.settle(first, 0.10)  # a repeat after a lost answer
    assert await budget.spent() == pytest.approx(0.10)
    await budget.reserve(0.40, 0.50)  # up to the cap
    with pytest.raises(OverBudget) as raised:
        await budget.reserve(0.000001, 0.50)
    assert (raised.value.spent, raised.value.cap) == (0.5, 0.5)
    assert str(raised.value) == "$0.5000 of $0.5000 are spent or reserved; raise the cap to go on"
    await budget.reserve(100.0, None)


async def test_parallel_agents_cannot_overspend(redis: Redis) -> None:
    budget = Budget(redis, "r")
    tries = await asyncio.gather(*(budget.reserve(0.1, 1.0) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(result, str) for result in tries) == 10
    assert await budget.spent() == pytest.approx(1.0)


async def test_a_call_may_cost_more_than_was_reserved(redis: Redis) -> None:
    """It happened, so it counts."""
    budget = Budget(redis, "r")
    await budget.settle(await budget.reserve(0.1, 1.0), 2.0)
    assert await budget.spent() == 2.0
    with pytest.raises(OverBudget):
        await budget.reserve(0.0, 1.0)


async def test_a_call_that_died_stays_reserved(redis: Redis) -> None:
    await Budget(redis, "r").reserve(0.25, 1.0)
    assert await Budget(redis, "r").spent() == 0.25


async def test_fractions_are_rounded_against_us(redis: Redis) -> None:
    budget = Budget(redis, "r")
    await budget.settle(await budget.reserve(0.1 + 0.2, 0.3), 0.0000001)
    assert await budget.spent() == 0.000001


@pytest.mark.parametrize("amount", [-0.1, float("nan"), float("inf")])
async def test_what_is_no_amount_is_refused(redis: Redis, amount: float) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        await Budget(redis, "r").reserve(amount, 1.0)


async def test_damage_is_named(redis: Redis) -> None:
    await redis.hset(RunKeys("r").budget, "settled", "lots")
    with pytest.raises(
        CorruptState, match=r"run 'r' is corrupt at 'slipway:\{run:r\}:budget': b'lots' is not a number"
    ):
        await Budget(redis, "r").spent()
