"""A limit on money is kept before a call, not noticed after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from redis.asyncio import Redis

from slipway.config import RoleConfig
from slipway.config.lineup import Price
from slipway.models import Budgeted, Call, ModelRefused, ModelUnreachable, Reply
from slipway.models.prices import worst_case_usd
from slipway.state import Budget, OverBudget, Usage

Answering = Any  # the stand-in of this folder's conftest

CONFIG = RoleConfig(model="openai:stand-in", price=Price(input=1, cached=0, output=1000), max_output_tokens=1000)
CALL = Call("code/a", 0, (HumanMessage("go"),))
WORST = worst_case_usd(CONFIG, len(CALL.canonical("openai:stand-in").encode())) or 0.0  # a little over a dollar


def costing(cost: float | None) -> Reply:
    return Reply(AIMessage("done"), Usage(calls=1, cost_usd=cost))


async def test_what_a_call_cost_is_settled(state: Redis, answering: Answering) -> None:
    budget = Budget(state, "r")
    model = answering(lambda call: costing(0.25))
    paid = Budgeted(model, CONFIG, budget, 2.0)
    assert await paid.ask(CALL) == costing(0.25)
    assert (await budget.spent(), model.calls) == (0.25, [CALL])
    assert (paid.name, paid.role) == ("openai:stand-in", "coder")


async def test_a_call_whose_worst_case_does_not_fit_is_never_made(state: Redis, answering: Answering) -> None:
    budget = Budget(state, "r")
    model = answering(lambda call: costing(0.0))
    with pytest.raises(OverBudget):
        await Budgeted(model, CONFIG, budget, 1.0).ask(CALL)
    assert (model.calls, await budget.spent()) == ([], 0.0)


async def test_parallel_calls_cannot_overspend_together(state: Redis, answering: Answering) -> None:
    """Each of them fits alone."""
    budget = Budget(state, "r")
    model = answering(lambda call: costing(1.0))
    paid = Budgeted(model, CONFIG, budget, 3.5)
    results = await asyncio.gather(*(paid.ask(CALL) for _ in range(10)), return_exceptions=True)
    assert {type(result) for result in results} == {Reply, OverBudget}
    assert len(model.calls) == await budget.spent() <= 3.5


async def test_a_call_that_never_returned_counts_as_its_worst_case(state: Redis, answering: Answering) -> None:
    """It may have been charged."""

    def lost(call: Call) -> Reply:
        raise ModelUnreachable("no")

    budget = Budget(state, "r")
    with pytest.raises(ModelUnreachable):
        await Budgeted(answering(lost), CONFIG, budget, 2.0).ask(CALL)
    assert await budget.spent() == pytest.approx(WORST, abs=2e-6)


async def test_a_call_that_the_provider_refused_cost_nothing(state: Redis, answering: Answering) -> None:
    """A wrong key would else eat the budget, call by call."""

    def refused(call: Call) -> Reply:
        raise ModelRefused("bad key")

    budget = Budget(state, "r")
    for _ in range(3):
        with pytest.raises(ModelRefused):
            await Budgeted(answering(refused), CONFIG, budget, 2.0).ask(CALL)
    assert await budget.spent() == 0.0


async def test_a_reply_without_usage_counts_as_its_worst_case(state: Redis, answering: Answering) -> None:
    budget = Budget(state, "r")
    await Budgeted(answering(lambda call: costing(None)), CONFIG, budget, 2.0).ask(CALL)
    assert await budget.spent() == pytest.approx(WORST, abs=2e-6)


async def test_without_a_cap_and_a_price_nothing_is_refused(state: Redis, answering: Answering) -> None:
    budget = Budget(state, "r")
    unknown = RoleConfig(model="openai:stand-in", base_url="http://127.0.0.1:1/v1")
    await Budgeted(answering(lambda call: costing(None)), unknown, budget, None).ask(CALL)
    assert await budget.spent() == 0.0
