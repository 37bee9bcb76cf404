from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import ExitStack, asynccontextmanager
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qsl

from ..config import ConfigurationError, Lineup, Role, RoleConfig, UnknownSuite
from ..state.records import RunLimits
from ..state.threads import opened
from . import simulated
from .chat import ChatModel
from .endpoints import Endpoint
from .prices import check_price
from .providers import OpenChat, Secret, check_chat, open_chat
from .scripted import load_script, serving


@asynccontextmanager
async def open_chats(
    lineup: Lineup, secret: Secret, log: Path, roles: Collection[Role] | None = None
) -> AsyncGenerator[dict[Role, tuple[ChatModel, ...]]]:
    """For each of `roles` (None: all of the line-up) its chat model, and behind that its fallbacks.

    A `scripted:NAME` model without a `base_url` gets an endpoint of its own on loopback for as long as this is open,
    which appends to `log`. `scripted:NAME?latency=0.2` answers each call after that many seconds. All `simulated:TIER`
    models together get one endpoint likewise.
    """
    endpoints = ExitStack()
    chats: dict[Role, list[OpenChat]] = {role: [] for role in (lineup.roles if roles is None else roles)}
    try:
        # What a cancelled call has opened by then is closed below.
        await opened(lambda: _open_all(lineup, secret, log, endpoints, chats), lambda _: None)
        yield {role: _models(role, lineup.roles[role], made) for role, made in chats.items()}
    finally:
        for chat in chain.from_iterable(chats.values()):
            await chat.close()
        await asyncio.to_thread(endpoints.close)


def _open_all(
    lineup: Lineup,
    secret: Secret,
    log: Path,
    endpoints: ExitStack,
    chats: dict[Role, list[OpenChat]],
) -> None:
    addresses: dict[str, str] = {}
    for role, made in chats.items():
        for config in _in_order(lineup.roles[role]):
            if (served := _served(config)) is not None:
                if served not in addresses:
                    log.parent.mkdir(parents=True, exist_ok=True)
                    addresses[served] = endpoints.enter_context(_endpoint(served, log)).base_url
                config = config.model_copy(update={"base_url": addresses[served]})
            made.append(open_chat(config, secret))


def _models(role: Role, config: RoleConfig, opened: Sequence[OpenChat]) -> tuple[ChatModel, ...]:
    return tuple(ChatModel(role, *each) for each in zip(_in_order(config), opened, strict=True))


def _in_order(config: RoleConfig) -> tuple[RoleConfig, ...]:
    """A role's model and its fallbacks."""
    return (config, *config.fallbacks)


def check_lineup(
    lineup: Lineup, secret: Secret, limits: RunLimits | None = None, roles: Collection[Role] | None = None
) -> None:
    """ConfigurationError where a model of one of `roles` (None: all) cannot work: unknown provider, no package, no key.

    Under a limit on cost, at whatever level, every model needs a known price, too; fallbacks are models like any.
    """
    for role in lineup.roles if roles is None else roles:
        for config in _in_order(lineup.roles[role]):
            check_price(role, config, limits or RunLimits())
            _check_served(config)
            check_chat(config, secret)


def _served(config: RoleConfig) -> str | None:
    """What names the endpoint of ours that a model needs: its script, or what all simulated ones have in common."""
    if config.base_url is not None:
        return None
    if config.model.startswith(simulated.PREFIX):
        return simulated.PREFIX
    return config.model if config.model.startswith("scripted:") else None


def _check_served(config: RoleConfig) -> None:
    if config.model.startswith("scripted:"):
        _script_and_latency(config.model)
    if config.model.startswith(simulated.PREFIX):
        # An endpoint elsewhere has suites of its own.
        try:
            (simulated.check_model if _served(config) else simulated.read_options)(config.model)
        except UnknownSuite as error:
            raise ConfigurationError(f"{config.model!r}: {error}") from error


def _endpoint(served: str, log: Path) -> Endpoint:
    if served == simulated.PREFIX:
        return simulated.serving(log=log)
    script, latency = _script_and_latency(served)
    return serving(load_script(script), latency=latency, log=log)


def _script_and_latency(model: str) -> tuple[str, float]:
    script, _, query = model.removeprefix("scripted:").partition("?")
    options = dict(parse_qsl(query))
    load_script(script)
    latency = _latency(model, options.pop("latency", "0"))
    if options:
        raise ConfigurationError(f"{model!r}: unknown option {', '.join(options)}; there is `latency`")
    return script, latency


def _latency(model: str, text: str) -> float:
    try:
        latency = float(text)
    except ValueError:
        latency = math.nan
    if not 0 <= latency < math.inf:  # false for NaN, too
        raise ConfigurationError(f"{model!r}: the latency must be a number of seconds, not {text!r}")
    return latency
