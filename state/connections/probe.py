"""What a server must be before a run trusts it with data, and what is worth a warning while it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from redis.exceptions import NoPermissionError, RedisError

from ..base import StateUnavailable
from .clients import Client
from .failures import locked_out, reason

_log = logging.getLogger(__name__)

_MEMORY_WARNING = 0.75
_OLDEST = (7, 0)

_Info = Mapping[str, Any]


async def probe(client: Client) -> None:
    """Look at every master. StateUnavailable: one does not answer, or must not be used; the message says which."""
    for name, info in (await _infos(client)).items():
        _demand_a_master(info, name)
        _demand_version(info, name)
        _demand_mode(info, name, client.address.kind)
        _demand_no_eviction(info, name)
        _warn_of_memory(info, name)


async def watch(client: Client, *, every: float) -> None:
    """Say it when memory becomes scarce or the policy changes, until cancelled; each thing once, until it is mended.

    A server that does not answer is left to those who need its answer.
    """
    said: set[str] = set()
    while True:
        await asyncio.sleep(every)
        try:
            infos = await _infos(client)
        except StateUnavailable:
            continue
        said = {name for name, info in infos.items() if _worrying(info, name, quiet=name in said)}


def _worrying(info: _Info, name: str, *, quiet: bool) -> bool:
    try:
        _demand_no_eviction(info, name)
    except StateUnavailable as error:
        if not quiet:
            _log.warning("%s", error)
        return True
    return _scarce(info) if quiet else _warn_of_memory(info, name)


async def _infos(client: Client) -> dict[str, _Info]:
    name = client.address.name
    try:
        infos: dict[str, _Info] = {}
        for name, server in (await client.masters()).items():
            infos[name] = await server.info()
        return infos
    except (StateUnavailable, RedisError, OSError) as error:
        cause = error.__cause__ if isinstance(error, StateUnavailable) and error.__cause__ else error
        if isinstance(cause, NoPermissionError):
            raise StateUnavailable(
                f"{name} refuses its user a right: {cause}; grant it with ACL SETUSER, and see the documentation for "
                "the whole list"
            ) from error
        if locked_out(cause):
            raise StateUnavailable(
                f"{name} does not answer: {cause}; correct the user and the password in the configured URL"
            ) from error
        raise StateUnavailable(
            f"{name} does not answer: {reason(cause)}; start it, or correct the configured URL "
            "(without one, Slipway starts a server of its own)"
        ) from error


def _demand_a_master(info: _Info, name: str) -> None:
    if "sentinel_masters" in info:
        raise StateUnavailable(f"{name} is a Sentinel; configure it as redis+sentinel://HOST:PORT/SERVICE")
    if info.get("role", "master") != "master":
        raise StateUnavailable(
            f"{name} is a replica, which takes no writes; configure its master "
            f"{info.get('master_host')}:{info.get('master_port')}, or the Sentinels"
        )


def _demand_version(info: _Info, name: str) -> None:
    version = str(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < _OLDEST:
        raise StateUnavailable(f"{name} is version {version}; use Redis 7.0 or newer, or Valkey")


def _demand_mode(info: _Info, name: str, kind: str) -> None:
    if info.get("cluster_enabled") and kind != "cluster":
        raise StateUnavailable(f"{name} is a node of a cluster; configure it as redis+cluster://HOST:PORT")


def _demand_no_eviction(info: _Info, name: str) -> None:
    policy = info.get("maxmemory_policy")
    if policy != "noeviction":
        raise StateUnavailable(
            f"{name} has the maxmemory-policy {policy!r} and would drop data without a word when its memory is full; "
            "run `CONFIG SET maxmemory-policy noeviction` on it, or configure another server"
        )


def _scarce(info: _Info) -> bool:
    used, most = int(info.get("used_memory", 0)), int(info.get("maxmemory", 0))
    return bool(most) and used > _MEMORY_WARNING * most


def _warn_of_memory(info: _Info, name: str) -> bool:
    if not _scarce(info):
        return False
    part = 100 * int(info["used_memory"]) // int(info["maxmemory"])
    _log.warning("%s uses %d %% of its memory; at 100 %% it refuses writes: raise maxmemory", name, part)
    return True
