"""The clients that the state layer works with, asynchronous and blocking, for one server or the master of Sentinels.

What they add to redis-py: patience and named failures (`failures.py`), and that they know their address, so that a
twin of one can be made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import redis as sync
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.exceptions import ReadOnlyError
from redis.sentinel import SentinelConnectionPool as BlockingSentinelPool

from .addresses import Address
from .failures import patiently, patiently_blocking

PATIENCE_SECONDS = 8.0
"""For how long a command is tried again when the server restarts or a replica takes over."""


class Client(Redis):
    """A Redis client whose failures to reach the server, or to be allowed to write, are StateUnavailable.

    Commands wait up to `patience` seconds for a server that is away.
    """

    def __init__(self, address: Address, pool: ConnectionPool, patience: float) -> None:
        super().__init__(connection_pool=pool)
        self.address = address
        self.patience = patience
        self._turns = asyncio.Semaphore(pool.max_connections)
        self._idle: list[Any] = []

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """One command and its reply."""
        return await patiently(lambda: self._once(*args, **options), patience=self.patience, recover=self.recover)

    async def _once(self, *args: Any, **options: Any) -> Any:
        # redis-py gives a connection back to its pool, and checks it, for each command: half of what a command costs.
        async with self._turns:
            connection: Any = self._idle.pop() if self._idle else await self.connection_pool.get_connection()
            try:
                await connection.send_command(*args)
                return await self.parse_response(connection, args[0], **options)
            finally:
                if connection.is_connected:
                    self._idle.append(connection)
                else:
                    await self.connection_pool.release(connection)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Commands that are sent together."""
        return ClientPipeline(self, transaction)

    async def recover(self, failure: Exception) -> None:
        """Prepare for a command to be sent again after `failure`."""
        if isinstance(failure, ReadOnlyError):  # the master was demoted: its name may mean another one by now
            await self._put_back()
            await self.connection_pool.disconnect(inuse_connections=False)

    async def masters(self) -> Mapping[str, Redis]:
        """The servers that hold the data, by name."""
        return {self.address.name: self}

    async def _put_back(self) -> None:
        while self._idle:
            await self.connection_pool.release(self._idle.pop())

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close every connection."""
        await self._put_back()
        await super().aclose()
        await self.connection_pool.disconnect()
        if isinstance(self.connection_pool, SentinelConnectionPool):
            await self.connection_pool.sentinel_manager.aclose()


class ClientPipeline(Pipeline):
    """A pipeline with the client's patience; not while it watches, for its watch ends with the connection."""

    def __init__(self, client: Client, transaction: bool) -> None:
        super().__init__(client.connection_pool, client.response_callbacks, transaction, None)
        self._client = client

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        """One command now, as is done after WATCH."""
        return await patiently(
            lambda: self._once(*args, **options),
            patience=0.0 if self.connection else self._client.patience,
            recover=self._client.recover,
        )

    async def _once(self, *args: Any, **options: Any) -> Any:
        return await super().immediate_execute_command(*args, **options)

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands and return their replies."""
        stack, explicit = list(self.command_stack), self.explicit_transaction

        async def attempt() -> list[Any]:
            self.command_stack, self.explicit_transaction = list(stack), explicit
            return await self._send(raise_on_error)

        patience = 0.0 if self.watching else self._client.patience
        return await patiently(attempt, patience=patience, recover=self._client.recover)

    async def _send(self, raise_on_error: bool) -> list[Any]:
        return await super().execute(raise_on_error)


class BlockingClient(sync.Redis):
    """`Client` for threads."""

    def __init__(self, pool: sync.ConnectionPool, patience: float) -> None:
        super().__init__(connection_pool=pool)
        self._patience = patience

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """One command and its reply."""
        return patiently_blocking(lambda: self._once(*args, **options), patience=self._patience, recover=self._recover)

    def _once(self, *args: Any, **options: Any) -> Any:
        return super().execute_command(*args, **options)

    def _recover(self, failure: Exception) -> None:
        if isinstance(failure, ReadOnlyError):
            self.connection_pool.disconnect(inuse_connections=False)

    def close(self) -> None:
        """Close every connection."""
        super().close()
        self.connection_pool.disconnect()
        if isinstance(self.connection_pool, BlockingSentinelPool):
            for sentinel in self.connection_pool.sentinel_manager.sentinels:
                sentinel.close()
