"""The seed of a cell goes to simulated models, in their names; the line-up stays the one that is compared."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from ..config import Lineup, RoleConfig

_SIMULATED = "simulated:"


def simulated(lineup: Lineup) -> bool:
    """Whether a role of it has a simulated model, as its own or as a fallback."""
    models = [each.model for _, config in _of(lineup) for each in (config, *config.fallbacks)]
    return any(model.startswith(_SIMULATED) for model in models)


def seeded(lineup: Lineup, seed: int, suite: str) -> Lineup:
    """`lineup` with `seed` in the name of each simulated model, and with `suite` where that names none.

    Other models stay as they are.
    """
    return lineup.model_copy(update={"roles": {role: _role(config, seed, suite) for role, config in _of(lineup)}})


def _of(lineup: Lineup) -> list[tuple[str, RoleConfig]]:
    return [(str(role), config) for role, config in lineup.roles.items()]


def _role(config: RoleConfig, seed: int, suite: str) -> RoleConfig:
    fallbacks = tuple(_role(each, seed, suite) for each in config.fallbacks)
    return config.model_copy(update={"model": _model(config.model, seed, suite), "fallbacks": fallbacks})


def _model(model: str, seed: int, suite: str) -> str:
    if not model.startswith(_SIMULATED):
        return model
    name, _, query = model.partition("?")
    options: Mapping[str, str] = {"suite": suite, **dict(parse_qsl(query)), "seed": str(seed)}
    return f"{name}?{urlencode(options, safe='/')}"
