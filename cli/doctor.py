from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ..config import ConfigurationError, Settings, load_lineup, load_settings, secret
from ..models import check_lineup
from ..sandboxes import SandboxUnavailable, probe
from ..sandboxes.leftovers import containers
from ..sandboxes.opening import demand, lacking, required
from ..state import StateUnavailable, open_state
from .execution import CONFIGURATION, execute
from .ownership import owner


class Diagnosis(NamedTuple):
    """One thing that was looked at."""

    what: str
    ok: bool
    said: str
    needed: bool = True
    """Without it nothing works; without another only some checks do not."""


def main(arguments: argparse.Namespace) -> int:
    """`slipway doctor`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        found = [*[await look(settings) for look in _LOOKS], *await _missing(settings)]
        for one in found:
            if arguments.json:
                print(json.dumps(one._asdict()))
            else:
                print(f"{'ok  ' if one.ok else 'FAIL' if one.needed else 'none'} {one.what}: {one.said}")
        return 0 if all(one.ok or not one.needed for one in found) else CONFIGURATION

    return execute(command)


async def _python(settings: Settings) -> Diagnosis:
    return Diagnosis("python", True, f"{platform.python_version()} at {sys.executable}")


async def _state(settings: Settings) -> Diagnosis:
    try:
        async with open_state(settings) as redis:
            info = await redis.info("server")
    except StateUnavailable as error:
        return Diagnosis("state", False, str(error))
    name, version = info.get("server_name", "redis"), info.get("valkey_version", info["redis_version"])
    where = (
        "a server of yours"
        if settings.redis.url
        else f"a server of its own, data in {settings.folders.state / 'redis'}"
    )
    return Diagnosis("state", True, f"{name} {version}, {where}")


async def _sandbox(settings: Settings) -> Diagnosis:
    try:
        chosen, caps = await probe(settings.sandbox, settings.folders.cache)
    except SandboxUnavailable as error:
        return Diagnosis("sandbox", False, str(error))
    loose = ""
    try:
        demand(caps, required(settings.sandbox))
    except SandboxUnavailable as error:
        loose = str(error)
    enforced = "; ".join(f"{name} by {how}" for name, how in sorted(caps.enforced.items()))
    if loose:
        return Diagnosis("sandbox", False, f"{chosen}; {loose}; {enforced}")
    offered = "; ".join(f"{name}: {how}" for name, how in sorted(caps.offers.items()))
    return Diagnosis("sandbox", True, f"{chosen}; {enforced}; {offered}")


async def _missing(settings: Settings) -> list[Diagnosis]:
    """What some checks need, and is in no sandbox here."""
    try:
        there = await lacking(settings.sandbox, settings.folders.cache)
    except SandboxUnavailable:
        return []  # which is said already
    return [Diagnosis(what, not lacks, lacks or "the sandboxes have it", needed=False) for what, lacks in there.items()]


async def _containers(settings: Settings) -> Diagnosis:
    try:
        async with containers(settings.sandbox) as there:
            found = there.found
    except SandboxUnavailable as error:
        return Diagnosis("sandboxes", False, f"nobody could look: {error}")
    if not found:
        return Diagnosis("sandboxes", True, "no container of one is there")
    try:
        async with open_state(settings) as redis:
            told = [(container, *await owner(redis, container)) for container in found]
    except StateUnavailable:
        return Diagnosis("sandboxes", False, f"there are {len(found)}; whose they are only the state can tell")
    lines = [f"{one.id[:12]} {one.state}, {one.age:.0f} s old, {said}" for one, _, said in told]
    return Diagnosis("sandboxes", not any(nobodys for _, nobodys, _ in told), "; ".join(lines))


async def _models(settings: Settings) -> Diagnosis:
    try:
        lineup = await asyncio.to_thread(load_lineup, settings.lineup)
        await asyncio.to_thread(check_lineup, lineup, secret)
    except ConfigurationError as error:
        return Diagnosis("models", False, str(error))
    models = ", ".join(f"{role} {config.model}" for role, config in lineup.roles.items())
    return Diagnosis("models", True, f"line-up {lineup.name}: {models}")


_LOOKS: tuple[Callable[[Settings], Awaitable[Diagnosis]], ...] = (
    _python,
    _state,
    _sandbox,
    _containers,
    _models,
)
