"""A price that is not known must never look like no price: budgets are kept with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.config import RoleConfig
from slipway.config.lineup import Price
from slipway.models.prices import cost_usd, worst_case
from slipway.state import Spend, Usage

PRICED = RoleConfig(model="openai:m", price=Price(input=2, cached=0.5, output=8), max_output_tokens=1000)


def test_the_line_ups_own_price() -> None:
    """Cached tokens are part of the input, and cheaper."""
    usage = Usage(calls=1, input_tokens=1_000_000, cached_tokens=400_000, output_tokens=100_000)
    assert cost_usd(PRICED, usage) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.1 * 8)


def test_the_bundled_list_knows_the_providers_models() -> None:
    usage = Usage(calls=1, input_tokens=1_000_000, output_tokens=1_000_000)
    cached = usage.model_copy(update={"cached_tokens": 900_000})
    for model in ("openai:gpt-4o", "anthropic:claude-sonnet-4-5", "google:gemini-2.5-flash"):
        config = RoleConfig(model=model)
        full, less = cost_usd(config, usage), cost_usd(config, cached)
        assert full is not None and less is not None and 0 < less < full, model


@pytest.mark.parametrize(
    "config",
    [
        RoleConfig(model="openai:no-such-model-at-all"),
        RoleConfig(model="ollama:llama3"),
        RoleConfig(model="scripted:tally"),
        RoleConfig(model="openai:gpt-4o", base_url="http://127.0.0.1:1/v1"),
    ],
)
def test_a_price_that_nobody_knows_is_none(config: RoleConfig) -> None:
    """Whoever runs an endpoint of his own has prices of his own, whatever its models are called."""
    assert cost_usd(config, Usage(input_tokens=10)) is None
    assert worst_case(config, 10) == Spend(1, 10 + config.max_output_tokens, 0.0)


def test_a_price_of_zero_is_known() -> None:
    free = RoleConfig(model="scripted:tally", price=Price(input=0, cached=0, output=0))
    assert (cost_usd(free, Usage(input_tokens=10)), worst_case(free, 10).cost_usd) == (0.0, 0.0)


def test_a_simulated_developer_is_free_unless_the_line_up_has_a_price() -> None:
    million = Usage(input_tokens=1_000_000)
    priced = RoleConfig(model="simulated:tier-a", price=Price(input=2, cached=0, output=0))
    assert (cost_usd(RoleConfig(model="simulated:tier-a"), million), cost_usd(priced, million)) == (0.0, 2.0)


@settings(deadline=None)
@given(st.text(max_size=200), st.floats(0, 1), st.integers(0, 1000))
def test_no_call_costs_more_than_its_worst_case(request: str, cached: float, output: int) -> None:
    """A token is at least a byte, so this holds for any text and any tokenizer."""
    worst = worst_case(PRICED, len(request.encode()))
    tokens = len(request)
    usage = Usage(input_tokens=tokens, cached_tokens=int(tokens * cached), output_tokens=output)
    cost = cost_usd(PRICED, usage)
    assert cost is not None and cost <= worst.cost_usd + 1e-12
    assert usage.input_tokens + usage.output_tokens <= worst.tokens
