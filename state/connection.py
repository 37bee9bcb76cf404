"""How a process comes to a Redis server: the configured one, else the embedded one."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis as sync
from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.client import Pipeline
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,
)
from redis.retry import Retry as BlockingRetry

from .base import StateUnavailable
from .server import Attachment

_log = logging.getLogger(__name__)

_CONNECTIONS = 64
_PROBE_SECONDS = 1.0
_ANSWER_SECONDS = 30.0
_POOL_SECONDS = 30.0
_MEMORY_WARNING = 0.75
_OLDEST = (7, 0)
_REFUSALS = (AuthenticationError, ConnectionError, TimeoutError, ReadOnlyError)
_NO_DISK = re.compile(r"""(^|caused error: \(['"]|because of: )MISCONF """)
"""As the server says it, and as it comes out of a pipeline and of a transaction."""


class Client(Redis):
    """A Redis client whose failures to reach the server, or to be allowed to write, are StateUnavailable."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """One command and its reply."""
        with _boundary():
            return await super().execute_command(*args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Commands that are sent together."""
        return _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class _Pipeline(Pipeline):
    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        with _boundary():
            return await super().execute(raise_on_error)


@contextmanager
def _boundary() -> Generator[None]:
    """What every exchange with the server goes through: its failures get their name, and no cancellation is lost.

    redis-py sends with `asyncio.wait_for`, which before Python 3.12 swallows a cancellation that comes when the sending
    is just done (bpo-37658): Ctrl-C and time-outs would now and then do nothing.
    """
    before = _cancellations()
    try:
        yield
    except OutOfMemoryError as error:
        raise StateUnavailable(
            f"Redis has no memory left: {error}; raise its maxmemory, then resume the run"
        ) from error
    except _REFUSALS as error:
        raise StateUnavailable(f"Redis failed: {error}; when it is back, resume the run") from error
    except ResponseError as error:
        if not _NO_DISK.search(str(error)):
            raise
        raise StateUnavailable(
            f"Redis cannot write to its disk: {error}; make room there, then resume the run"
        ) from error
    if _cancellations() > before:
        raise asyncio.CancelledError


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


@asynccontextmanager
async def open_redis(url: str | None, *, data_dir: Path, runtime_dir: Path) -> AsyncGenerator[Redis]:
    """A client of the server at `url`, or, where that is None, of the embedded one with its data in `data_dir`.

    `url` is `redis://`, `rediss://` or `unix://`. StateUnavailable, within about a second: there is no answer, the
    server is older than 7.0, or it may evict data.
    """
    if url is not None:
        async with _connected(_pool(url), _shown(url)) as redis:
            yield redis
        return
    attachment = await asyncio.to_thread(Attachment.open, data_dir, runtime_dir)
    try:
        pool = _pool(f"unix://{quote(str(attachment.socket))}")
        async with _connected(pool, f"the embedded server at {str(attachment.socket)!r}") as redis:
            yield redis
    finally:
        await asyncio.shield(asyncio.to_thread(attachment.close))


@asynccontextmanager
async def _connected(pool: ConnectionPool, name: str) -> AsyncGenerator[Redis]:
    await _probe(pool, name)
    redis = Client(connection_pool=pool)
    try:
        yield redis
    finally:
        await redis.aclose()
        await pool.disconnect()


def _pool(url: str) -> BlockingConnectionPool:
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_POOL_SECONDS,
            protocol=2,
            driver_info=None,  # else each connection reads redis-py's version from disk, on the event loop
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_PROBE_SECONDS,
            retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 3),
        )
    except ValueError as error:
        raise StateUnavailable(f"{_shown(url)!r} is no address of a Redis server: {error}") from error


def _shown(url: str) -> str:
    """`url` without its password and options, whatever it looks like."""
    scheme, _, rest = url.partition("://")
    login, _, place = rest.rpartition("@")
    user = login.partition(":")[0]
    return f"{scheme}://{user and user + '@'}{place.partition('?')[0]}"


# --- the probe -------------------------------------------------------------------------------------------------------


async def _probe(pool: ConnectionPool, name: str) -> None:
    patience = {"retry": Retry(NoBackoff(), 0), "socket_timeout": _PROBE_SECONDS}
    async with _single(pool, patience) as redis:
        try:
            info: dict[str, Any] = {**await redis.info("server"), **await redis.info("memory")}
        except (StateUnavailable, RedisError, OSError) as error:
            raise StateUnavailable(
                f"{name} does not answer: {error.__cause__ or error}; start it, or correct the configured URL "
                "(without one, Slipway starts a server of its own)"
            ) from error
    _demand_version(info, name)
    _demand_no_eviction(info, name)
    _warn_of_memory(info, name)


def _demand_version(info: dict[str, Any], name: str) -> None:
    version = str(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < _OLDEST:
        raise StateUnavailable(f"{name} is version {version}; use Redis 7.0 or newer, or Valkey")


def _demand_no_eviction(info: dict[str, Any], name: str) -> None:
    policy = info.get("maxmemory_policy")
    if policy != "noeviction":
        raise StateUnavailable(
            f"{name} has the maxmemory-policy {policy!r} and would drop data without a word when its memory is full; "
            "run `CONFIG SET maxmemory-policy noeviction` on it, or configure another server"
        )


def _warn_of_memory(info: dict[str, Any], name: str) -> None:
    used, most = int(info.get("used_memory", 0)), int(info.get("maxmemory", 0))
    if most and used > _MEMORY_WARNING * most:
        _log.warning(
            "%s uses %d %% of its memory; at 100 %% it refuses writes: raise maxmemory", name, 100 * used // most
        )


# --- connections beside the pool -------------------------------------------------------------------------------------


@asynccontextmanager
async def _single(pool: ConnectionPool, changes: dict[str, Any]) -> AsyncGenerator[Redis]:
    options: dict[str, Any] = {**pool.connection_kwargs, **changes}
    own = ConnectionPool(pool.connection_class, 1, **options)
    client = Client(connection_pool=own)
    try:
        yield client
    finally:
        await client.aclose()
        await own.disconnect()


@asynccontextmanager
async def own_connection(redis: Redis, *, silence: float) -> AsyncGenerator[Redis]:
    """A client with one connection, to where `redis` is; commands may block for `silence` seconds."""
    async with _single(redis.connection_pool, {"socket_timeout": silence + _ANSWER_SECONDS}) as client:
        yield client


_SHARED = frozenset({
    "host", "port", "path", "db", "username", "password", "protocol",
    "ssl_keyfile", "ssl_certfile", "ssl_cert_reqs", "ssl_ca_certs", "ssl_ca_data", "ssl_ca_path",
    "ssl_check_hostname", "ssl_password", "ssl_min_version", "ssl_ciphers",
})  # fmt: skip


def blocking_twin(redis: Redis, *, timeout: float) -> sync.Redis:
    """A blocking client of the same server, for a thread; `timeout` seconds to connect and for each answer."""
    pool = redis.connection_pool
    options = {name: value for name, value in pool.connection_kwargs.items() if name in _SHARED}
    own = sync.ConnectionPool(
        _blocking_class(pool.connection_class),
        1,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=BlockingRetry(NoBackoff(), 1),
        **options,
    )
    return sync.Redis(connection_pool=own)


def _blocking_class(kind: type[AbstractConnection]) -> Any:
    if issubclass(kind, UnixDomainSocketConnection):
        return sync.UnixDomainSocketConnection
    return sync.SSLConnection if issubclass(kind, SSLConnection) else sync.Connection
