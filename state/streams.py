from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import CorruptState
from .connections import own_connection
from .scripts import command

T = TypeVar("T")

_PAGE = 500
_BLOCK_SECONDS = 1.0

_Message = tuple[bytes, dict[bytes, bytes]]


class Stream(Generic[T]):
    """A stream of Redis that holds a record, as JSON, in one field of each message. The ids of messages grow."""

    def __init__(self, redis: Redis, key: str, field: str, adapter: TypeAdapter[T], *, owner: str) -> None:
        self._redis = redis
        self._key = key
        self._field = field
        self._adapter = adapter
        self._owner = owner

    async def read(self, after: str = "0", through: str = "+") -> list[tuple[str, T]]:
        """The records behind the id `after`, up to and with the id `through`, with their ids."""
        messages: list[_Message] = await command(self._redis, "XRANGE", self._key, f"({after}", through)
        return [self._parsed(message) for message in messages]

    async def newest(self) -> str:
        """The id of the newest message; "0" before the first."""
        messages: list[_Message] = await command(self._redis, "XREVRANGE", self._key, "+", "-", "COUNT", 1)
        return messages[0][0].decode() if messages else "0"

    async def follow(self, after: str = "0") -> AsyncGenerator[tuple[str, T]]:
        """The records behind the id `after`, and all those to come.

        It waits on a connection of its own, so that followers do not use up those of the run.
        """
        async with own_connection(self._redis, silence=_BLOCK_SECONDS) as redis:
            while True:
                for name, record in await self._next(redis, after):
                    after = name
                    yield name, record

    async def _next(self, redis: Redis, after: str) -> list[tuple[str, T]]:
        block = int(_BLOCK_SECONDS * 1000)
        reply = await command(redis, "XREAD", "COUNT", _PAGE, "BLOCK", block, "STREAMS", self._key, after)
        return [self._parsed(message) for _, messages in reply or () for message in messages]

    def _parsed(self, message: _Message) -> tuple[str, T]:
        name, fields = message
        content = fields.get(self._field.encode())
        if content is None:
            raise CorruptState(self._owner, self._key, f"the {self._field} {name.decode()} has no content")
        return name.decode(), wire.parse(self._adapter, content, owner=self._owner, key=self._key)
