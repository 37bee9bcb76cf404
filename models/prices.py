from __future__ import annotations

from genai_prices import Usage as TokenCounts
from genai_prices import calc_price

from ..config import RoleConfig
from ..state.records import Usage

_PRICE_LIST = {"openai": "openai", "anthropic": "anthropic", "google": "google"}


def cost_usd(config: RoleConfig, usage: Usage) -> float | None:
    """What `usage` cost at the role's own price, else at the bundled list's; None where neither knows the model."""
    if config.price is not None:
        fresh = usage.input_tokens - usage.cached_tokens
        price = config.price
        return (fresh * price.input + usage.cached_tokens * price.cached + usage.output_tokens * price.output) / 1e6
    provider, _, model = config.model.partition(":")
    if provider not in _PRICE_LIST or config.base_url is not None:
        return None
    counts = TokenCounts(
        input_tokens=usage.input_tokens, cache_read_tokens=usage.cached_tokens, output_tokens=usage.output_tokens
    )
    try:
        return float(calc_price(counts, model_ref=model, provider_id=_PRICE_LIST[provider]).total_price)
    except LookupError:
        return None


def worst_case_usd(config: RoleConfig, request_bytes: int) -> float | None:
    """A bound on the price of one call: every byte of the request a token, nothing cached, the longest reply."""
    return cost_usd(config, Usage(input_tokens=request_bytes, output_tokens=config.max_output_tokens))
