"""Operations on Redis that are written once and run on an event loop or in a thread.

An `Exchange` is a generator: it yields what it wants from the server and is sent the replies. It does not know how they
came. `answer` drives it over an asynchronous client, `BlockingHalf` over blocking connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from threading import Lock
from typing import Any, NamedTuple, TypeAlias, TypeVar

import redis as sync
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError

from ..connections.clients import PATIENCE_SECONDS
from ..connections.connection import blocking_twin
from ..scripts import Request, send


class Keys(NamedTuple):
    """The wish for the names of all keys on the server, on every node of a cluster, that match a pattern."""

    pattern: str


T = TypeVar("T")
Exchange: TypeAlias = Generator[Request | Keys, Any, T]
"""Yields wishes, is sent the replies, returns its result. An error reply is thrown into it as ResponseError."""

_CONNECTIONS = 16
_ANSWER_SECONDS = 30.0
_PAGE = 1000


async def answer(redis: Redis, exchange: Exchange[T]) -> T:
    """What `exchange` returns, its wishes sent over `redis`."""
    try:
        wish = next(exchange)
        while True:
            try:
                reply = await _reply(redis, wish)
            except ResponseError as error:
                wish = exchange.throw(error)
            else:
                wish = exchange.send(reply)
    except StopIteration as end:
        return end.value


async def _reply(redis: Redis, wish: Request | Keys) -> Any:
    if isinstance(wish, Keys):
        return [key async for key in redis.scan_iter(wish.pattern, count=_PAGE)]
    return await send(redis, wish)


class BlockingHalf:
    """Drives exchanges from threads, over connections of its own to where `redis` is; opened when first used."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._lock = Lock()
        self._twin: sync.Redis | None = None

    def answer(self, exchange: Exchange[T], *, twin: str) -> T:
        """What `exchange` returns.

        StateUnavailable: the server cannot be reached. RuntimeError: this thread runs an event loop, which would stand
        still; it names `twin`, the asynchronous method to call there.
        """
        _demand_a_thread(twin)
        redis = self._connected()
        try:
            wish = next(exchange)
            while True:
                try:
                    reply = _reply_blocking(redis, wish)
                except ResponseError as error:
                    wish = exchange.throw(error)
                else:
                    wish = exchange.send(reply)
        except StopIteration as end:
            return end.value

    def _connected(self) -> sync.Redis:
        with self._lock:
            if self._twin is None:
                self._twin = blocking_twin(
                    self._redis, timeout=_ANSWER_SECONDS, connections=_CONNECTIONS, patience=PATIENCE_SECONDS
                )
            return self._twin

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            twin, self._twin = self._twin, None
        if twin is not None:
            twin.close()


def _reply_blocking(redis: sync.Redis, wish: Request | Keys) -> Any:
    if isinstance(wish, Keys):
        return list(redis.scan_iter(wish.pattern, count=_PAGE))
    try:
        return redis.execute_command(*wish.words)
    except NoScriptError:
        return redis.execute_command(*wish.in_full())


def _demand_a_thread(twin: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(f"this call would block the event loop that runs in this thread; await `{twin}` instead")
