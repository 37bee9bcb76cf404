"""How a process comes to a Redis: the configured one, else the embedded one.

A user of a server with access lists needs what this gives, and the same on each node of a cluster:

    ACL SETUSER slipway on >PASSWORD ~slipway:* +@read +@write +@transaction +@connection -@dangerous
        +eval +evalsha +info +time +cluster|slots
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import redis as sync
from redis.asyncio import Redis

from ..threads import opened
from .addresses import Address, parse_address
from .blocking_cluster import BlockingCluster
from .clients import PATIENCE_SECONDS, BlockingClient, Client
from .cluster import ClusterClient
from .pools import open_blocking_pool, open_pool
from .probe import probe, watch
from .server import Attachment

_CONNECTIONS = 64
_ANSWER_SECONDS = 30.0
_PROBE_SECONDS = 3.0
"""A busy machine may let a server wait for a second or two."""
_WATCH_SECONDS = 60.0
_EMBEDDED_PATIENCE_SECONDS = 1.0
"""Nobody starts the embedded server again but its next client."""


@asynccontextmanager
async def open_redis(
    url: str | None, *, data_dir: Path, runtime_dir: Path, watch_every: float = _WATCH_SECONDS
) -> AsyncGenerator[Redis]:
    """A client of the Redis at `url` (see `addresses.py`), or, where that is None, of the embedded server.

    The embedded server has its data in `data_dir` and its socket in `runtime_dir`. StateUnavailable, within about three
    seconds for each host: there is no answer, the server is older than 7.0, takes no writes, or may evict data.
    Afterwards a command waits up to 8 seconds for a server that restarts or fails over (1 second for the embedded one),
    and is sent again; then it is StateUnavailable. Every `watch_every` seconds a warning is logged if memory is scarce.
    """
    if url is not None:
        async with _connected(parse_address(url), watch_every) as redis:
            yield redis
        return
    attachment = await opened(lambda: Attachment.open(data_dir, runtime_dir), Attachment.close)
    try:
        path = str(attachment.socket)
        address = Address(f"the embedded server at {path!r}", "socket", path=path)
        async with _connected(address, watch_every, _EMBEDDED_PATIENCE_SECONDS) as redis:
            yield redis
    finally:
        await asyncio.shield(asyncio.to_thread(attachment.close))


@asynccontextmanager
async def _connected(address: Address, watch_every: float, patience: float = PATIENCE_SECONDS) -> AsyncGenerator[Redis]:
    async with _client(address, connections=1, answer_seconds=_PROBE_SECONDS, patience=0.0) as once:
        await probe(once)
    async with (
        _client(address, connections=_CONNECTIONS, answer_seconds=_ANSWER_SECONDS, patience=patience) as redis,
        _watched(redis, watch_every),
    ):
        yield redis


@asynccontextmanager
async def _watched(redis: Client, every: float) -> AsyncGenerator[None]:
    watching = asyncio.create_task(watch(redis, every=every))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


@asynccontextmanager
async def _client(
    address: Address, *, connections: int, answer_seconds: float, patience: float
) -> AsyncGenerator[Client]:
    if address.kind == "cluster":
        client: Client = ClusterClient(
            address, connections=connections, answer_seconds=answer_seconds, patience=patience
        )
    else:
        pool = open_pool(address, connections=connections, answer_seconds=answer_seconds)
        client = Client(address, pool, patience)
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def own_connection(redis: Redis, *, silence: float) -> AsyncGenerator[Redis]:
    """A client with one connection, to where `redis` is; commands may block for `silence` seconds."""
    origin = _ours(redis)
    async with _client(
        origin.address, connections=1, answer_seconds=silence + _ANSWER_SECONDS, patience=origin.patience
    ) as client:
        yield client


def blocking_twin(redis: Redis, *, timeout: float, connections: int = 1, patience: float = 0.0) -> sync.Redis:
    """A blocking client of where `redis` is, for threads; it is not connected before its first command.

    It has at most `connections`, and `timeout` seconds to connect and for each answer. A command waits up to `patience`
    seconds for a server that is away. Its failures are StateUnavailable, as those of `redis`.
    """
    address = _ours(redis).address
    if address.kind == "cluster":
        return BlockingCluster(address, connections=connections, timeout=timeout, patience=patience)
    return BlockingClient(open_blocking_pool(address, connections=connections, timeout=timeout), patience)


def _ours(redis: Redis) -> Client:
    if not isinstance(redis, Client):
        raise TypeError(f"{type(redis).__name__} does not know its address; use the client that `open_redis` yields")
    return redis
