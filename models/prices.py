from __future__ import annotations

from genai_prices import Usage as TokenCounts
from genai_prices import calc_price

from ..config import ConfigurationError, Role, RoleConfig
from ..state import Spend
from ..state.base import setting_of
from ..state.records import RunLimits, Usage

_PRICE_LIST = {"openai": "openai", "anthropic": "anthropic", "google": "google"}


def cost_usd(config: RoleConfig, usage: Usage) -> float | None:
    """What `usage` cost at the role's own price, else at the bundled list's; None where neither knows the model.

    A simulated developer without a price costs nothing.
    """
    if config.price is not None:
        fresh = usage.input_tokens - usage.cached_tokens
        price = config.price
        return (fresh * price.input + usage.cached_tokens * price.cached + usage.output_tokens * price.output) / 1e6
    provider, _, model = config.model.partition(":")
    if provider == "simulated":
        return 0.0
    if provider not in _PRICE_LIST or config.base_url is not None:
        return None
    counts = TokenCounts(
        input_tokens=usage.input_tokens, cache_read_tokens=usage.cached_tokens, output_tokens=usage.output_tokens
    )
    try:
        return float(calc_price(counts, model_ref=model, provider_id=_PRICE_LIST[provider]).total_price)
    except LookupError:
        return None


def worst_case(config: RoleConfig, request_bytes: int) -> Spend:
    """A bound on what one call takes: every byte of the request a token, nothing cached, the longest reply.

    Where the price is not known, its cost is 0.
    """
    usage = Usage(input_tokens=request_bytes, output_tokens=config.max_output_tokens)
    return Spend(1, request_bytes + config.max_output_tokens, cost_usd(config, usage) or 0.0)


def check_price(role: Role, config: RoleConfig, limits: RunLimits) -> None:
    """ConfigurationError where a cost is bounded and what the model of `role` costs is not known."""
    level = limits.bounds_cost()
    if level is not None and cost_usd(config, Usage()) is None:
        raise ConfigurationError(
            f"the price of the {role}'s model {config.model!r} is not known, so {setting_of(level, 'cost_usd')} cannot "
            "be kept; give the role a `price` in the line-up, or run without a limit on cost"
        )
