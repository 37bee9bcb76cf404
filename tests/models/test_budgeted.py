"""A limit on money is kept before a call, not noticed after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from redis.asyncio import Redis

from slipway.config import ConfigurationError, RoleConfig
from slipway.config.lineup import Price
from slipway.models import Budgeted, Call, ModelRefused, ModelUnreachable, Reply
from slipway.models.prices import worst_case
from slipway.state import Account, Budget, Cap, OverBudget, RunLimits, Spend, Usage

Answering = Any  # the stand-in of this folder's conftest

CONFIG = RoleConfig(model="openai:stand-in", price=Price(input=1, cached=0, output=1000), max_output_tokens=1000)
CALL = Call("code/a", 0, (HumanMessage("go"),))
WORST = worst_case(CONFIG, len(CALL.canonical("openai:stand-in").encode()))  # a little over a dollar


def budget_of(state: Redis, cap: float | None = None) -> Budget:
    return Budget(state, Account("r", "p"), RunLimits(run=Cap(cost_usd=cap)))


def costing(cost: float | None) -> Reply:
    return Reply(AIMessage("done"), Usage(calls=1, cost_usd=cost))


async def test_what_a_call_cost_is_settled(state: Redis, answering: Answering) -> None:
    budget = budget_of(state, 2.0)
    reply = Reply(AIMessage("done"), Usage(calls=1, input_tokens=30, cached_tokens=20, output_tokens=4, cost_usd=0.25))
    model = answering(lambda call: reply)
    paid = Budgeted(model, CONFIG, budget)
    assert await paid.ask(CALL) == reply
    assert (await budget.spent(), model.calls) == (Spend(1, 34, 0.25), [CALL])
    assert (await budget.standing("code"))["stage"].settled == Spend(1, 34, 0.25)
    assert (paid.name, paid.role) == ("openai:stand-in", "coder")


async def test_a_call_whose_worst_case_does_not_fit_is_never_made(state: Redis, answering: Answering) -> None:
    budget = budget_of(state, 1.0)
    model = answering(lambda call: costing(0.0))
    with pytest.raises(OverBudget):
        await Budgeted(model, CONFIG, budget).ask(CALL)
    assert (model.calls, await budget.spent()) == ([], Spend())


async def test_parallel_calls_cannot_overspend_together(state: Redis, answering: Answering) -> None:
    """Each of them fits alone."""
    budget = budget_of(state, 3.5)
    model = answering(lambda call: costing(1.0))
    paid = Budgeted(model, CONFIG, budget)
    results = await asyncio.gather(*(paid.ask(CALL) for _ in range(10)), return_exceptions=True)
    assert {type(result) for result in results} == {Reply, OverBudget}
    assert len(model.calls) == (await budget.spent()).cost_usd <= 3.5


async def test_a_call_that_never_returned_counts_as_its_worst_case(state: Redis, answering: Answering) -> None:
    """It may have been charged."""

    def lost(call: Call) -> Reply:
        raise ModelUnreachable("no")

    budget = budget_of(state, 2.0)
    with pytest.raises(ModelUnreachable):
        await Budgeted(answering(lost), CONFIG, budget).ask(CALL)
    await is_settled_at_worst(budget)


async def test_a_call_that_is_cut_settles_at_its_worst_case(state: Redis) -> None:
    """Left open, it would be waited for by others, and nobody would ever settle it while the run goes on."""
    asked = asyncio.Event()

    class Silent:
        name, role = "openai:stand-in", "coder"

        async def ask(self, call: Call) -> Reply:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

    budget, silent = budget_of(state, 2.0), Silent()
    task = asyncio.create_task(Budgeted(silent, CONFIG, budget).ask(CALL))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await is_settled_at_worst(budget)


async def is_settled_at_worst(budget: Budget) -> None:
    standing = (await budget.standing("code"))["stage"]
    assert (standing.settled.steps, standing.settled.tokens, standing.open) == (1, WORST.tokens, Spend())
    assert standing.settled.cost_usd == pytest.approx(WORST.cost_usd, abs=2e-6)


async def test_a_call_that_the_provider_refused_cost_nothing(state: Redis, answering: Answering) -> None:
    """A wrong key would else eat the budget, call by call."""

    def refused(call: Call) -> Reply:
        raise ModelRefused("bad key")

    budget = budget_of(state, 2.0)
    for _ in range(3):
        with pytest.raises(ModelRefused):
            await Budgeted(answering(refused), CONFIG, budget).ask(CALL)
    assert await budget.spent() == Spend(steps=3)


async def test_a_reply_without_usage_counts_as_its_worst_case(state: Redis, answering: Answering) -> None:
    budget = budget_of(state, 2.0)
    await Budgeted(answering(lambda call: costing(None)), CONFIG, budget).ask(CALL)
    await is_settled_at_worst(budget)


async def test_without_a_price_a_model_is_refused_where_a_cost_is_bounded(state: Redis, answering: Answering) -> None:
    """However it came to be asked: a fallback may have been added after the line-up was looked at."""
    unknown = RoleConfig(model="openai:stand-in", base_url="http://127.0.0.1:1/v1")
    model = answering(lambda call: costing(None))
    with pytest.raises(ConfigurationError, match="the price of the coder's model 'openai:stand-in' is not known"):
        Budgeted(model, unknown, budget_of(state, 2.0))
    budget = budget_of(state)
    await Budgeted(model, unknown, budget).ask(CALL)
    assert await budget.spent() == Spend(1, len(CALL.canonical("openai:stand-in").encode()) + 8192, 0.0)
