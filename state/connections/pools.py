"""Connections to one server, or to the master that Sentinels name, as many as wanted and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import redis as sync
from redis.asyncio import (
    BlockingConnectionPool,
    Connection,
    ConnectionPool,
    Redis,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import RedisError
from redis.retry import Retry as BlockingRetry
from redis.sentinel import Sentinel as BlockingSentinel
from redis.sentinel import SentinelConnectionPool as BlockingSentinelPool
from redis.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection

from .addresses import Address, Node, sentinels

CONNECT_SECONDS = 1.0
_POOL_SECONDS = 30.0
"""For how long a caller waits for a connection that another one uses."""
_COMMON: Mapping[str, Any] = {
    "protocol": 2,
    "driver_info": None,  # else each connection reads redis-py's version from disk, on the event loop
}


class _Sentinels(Sentinel):
    """Asks one after the other, the one that answered last first; redis-py's own hides why each was of no use."""

    async def discover_master(self, service_name: str) -> Node:
        """Where the master is. MasterNotFoundError."""
        failure = ""
        for sentinel in list(self.sentinels):
            try:
                masters: Any = await sentinel.sentinel_masters()
                state = masters.get(service_name)
            except RedisError as error:
                failure = f": {error}"
            else:
                if state and self.check_master_state(state, service_name):
                    self.sentinels.sort(key=lambda known: known is not sentinel)
                    return state["ip"], state["port"]
        raise MasterNotFoundError(f"no Sentinel names a healthy master {service_name!r}{failure}")


class _BlockingSentinels(BlockingSentinel):
    """The same for threads."""

    def discover_master(self, service_name: str) -> Node:
        """Where the master is. MasterNotFoundError."""
        failure = ""
        for sentinel in list(self.sentinels):
            try:
                masters: Any = sentinel.sentinel_masters()
                state = masters.get(service_name)
            except RedisError as error:
                failure = f": {error}"
            else:
                if state and self.check_master_state(state, service_name):
                    self.sentinels = sorted(self.sentinels, key=lambda known: known is not sentinel)
                    return state["ip"], state["port"]
        raise MasterNotFoundError(f"no Sentinel names a healthy master {service_name!r}{failure}")


class _SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """redis-py's own, whose callers wait for a connection instead of failing."""


class _BlockingSentinelPool(BlockingSentinelPool, sync.BlockingConnectionPool):
    """The same for threads."""


class _Direct(AbstractConnection):
    """Writes at once, without a task: redis-py's own `asyncio.wait_for` costs as much as the exchange.

    Only what the socket does not take at once is waited for, redis-py's way.
    """

    _packer = HiredisRespSerializer()

    def pack_command(self, *args: Any) -> list[bytes]:
        """`args` in Redis' protocol."""
        return self._packer.pack(*args)

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Send what `pack_command` made. ConnectionError, TimeoutError."""
        writer = self._writer
        if writer is None or self.health_check_interval or isinstance(command, str | bytes):
            await super().send_packed_command(command, check_health)
            return
        writer.writelines(command)
        if writer.transport.get_write_buffer_size():
            await super().send_packed_command((), check_health)


class _Socket(_Direct, UnixDomainSocketConnection):
    pass


class _Tcp(_Direct, Connection):
    pass


class _AsyncTls(_Direct, SSLConnection):
    pass


class _Tls(sync.SSLConnection):
    """A connection whose server may send TLS 1.3 session tickets when it likes.

    They make the socket readable, which redis-py 8 takes for the rest of an old answer, and gives the connection up.
    """

    def can_read(self, timeout: float = 0) -> bool:
        """Whether there is an answer to read. ConnectionError: the server closed the connection."""
        return super().can_read(timeout) and self._parser.read_from_socket(timeout=0, raise_on_timeout=False)


class _SentinelTls(_Tls, SentinelManagedSSLConnection):
    pass


def open_pool(address: Address, *, connections: int, answer_seconds: float) -> ConnectionPool:
    """A pool of at most `connections`, which never repeats a command; nothing is connected yet."""
    options: dict[str, Any] = {
        **_COMMON,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": answer_seconds,
        "retry": Retry(NoBackoff(), 0),
        "max_connections": connections,
        "timeout": _POOL_SECONDS,
        **address.options,
    }
    if address.kind == "sentinel":
        manager = _Sentinels([], sentinel_kwargs={})
        asked = [open_pool(one, connections=connections, answer_seconds=CONNECT_SECONDS) for one in sentinels(address)]
        manager.sentinels = [Redis.from_pool(pool) for pool in asked]
        return _SentinelPool(address.service, manager, ssl=address.tls, **options)
    if address.kind == "socket":
        return BlockingConnectionPool(connection_class=_Socket, path=address.path, **options)
    host, port = address.nodes[0]
    kind = _AsyncTls if address.tls else _Tcp
    return BlockingConnectionPool(connection_class=kind, host=host, port=port, **options)


def open_blocking_pool(address: Address, *, connections: int, timeout: float) -> sync.ConnectionPool:
    """`open_pool` for threads; `timeout` seconds to connect and for each answer."""
    options: dict[str, Any] = {
        **_COMMON,
        "socket_connect_timeout": timeout,
        "socket_timeout": timeout,
        "retry": BlockingRetry(NoBackoff(), 0),
        "max_connections": connections,
        "timeout": _POOL_SECONDS,
        **address.options,
    }
    if address.kind == "sentinel":
        manager = _BlockingSentinels([], sentinel_kwargs={})
        asked = [open_blocking_pool(one, connections=connections, timeout=timeout) for one in sentinels(address)]
        manager.sentinels = [sync.Redis.from_pool(pool) for pool in asked]
        kind: Any = _SentinelTls if address.tls else SentinelManagedConnection
        return _BlockingSentinelPool(address.service, manager, connection_class=kind, **options)
    if address.kind == "socket":
        kind = sync.UnixDomainSocketConnection
        return sync.BlockingConnectionPool(connection_class=kind, path=address.path, **options)
    host, port = address.nodes[0]
    kind = _Tls if address.tls else sync.Connection
    return sync.BlockingConnectionPool(connection_class=kind, host=host, port=port, **options)
