from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator

from pydantic import TypeAdapter
from redis.asyncio import Redis

from ..config import Secrets
from . import wire
from .base import CorruptState, Fence
from .connections import own_connection
from .keys import RunKeys
from .records import Event, RunEnded
from .scripts import FencedScript, command

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
EVENT_FIELD = "event"
"""The field of a stream's message that holds the event as JSON."""

_FIELD = EVENT_FIELD.encode()
_KEPT = 10_000
_PAGE = 500
_BLOCK_SECONDS = 1.0

# The client sends again what the server may have done already before the connection broke.
_APPEND = FencedScript("""
for _, message in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 16)) do
  if message[2][3] == 'nonce' and message[2][4] == ARGV[2] then return message[1] end
end
return redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', ARGV[4], ARGV[5], 'nonce', ARGV[2])
""")

_Message = tuple[bytes, dict[bytes, bytes]]


class EventStream:
    """What happened in a run, in order; the newest 10,000 events are kept.

    With a `fence`, `append` raises FenceLost once a newer token holds the run; without one, nothing is checked. No
    event is written with one of `secrets` in it.
    """

    def __init__(self, redis: Redis, run: str, fence: Fence | None = None, secrets: Secrets | None = None) -> None:
        self._redis = redis
        self._run = run
        self._fence = fence
        self._secrets = secrets or Secrets()
        self._keys = RunKeys(run)
        self._key = self._keys.events

    async def append(self, event: Event) -> str:
        """Add an event; return its id, which grows."""
        args = [uuid.uuid4().hex, _KEPT, EVENT_FIELD, _EVENT.dump_json(self._secrets.masked_record(event))]
        added: bytes = await _APPEND(self._redis, self._fence, self._keys.fence, [self._key], args)
        return added.decode()

    async def read(self, after: str = "0") -> list[tuple[str, Event]]:
        """The events behind the id `after`, with their ids."""
        messages: list[_Message] = await command(self._redis, "XRANGE", self._key, f"({after}", "+")
        return [self._parsed(message) for message in messages]

    async def newest(self) -> str:
        """The id of the newest event; "0" before the first."""
        messages: list[_Message] = await command(self._redis, "XREVRANGE", self._key, "+", "-", "COUNT", 1)
        return messages[0][0].decode() if messages else "0"

    async def follow(self, after: str = "0") -> AsyncGenerator[tuple[str, Event]]:
        """The events behind the id `after`, and those to come, until the passage of the run ended.

        It waits on a connection of its own, so that followers do not use up those of the run.
        """
        async with own_connection(self._redis, silence=_BLOCK_SECONDS) as redis:
            while True:
                for name, event in await self._next(redis, after):
                    after = name
                    yield name, event
                    if isinstance(event, RunEnded):
                        return

    async def _next(self, redis: Redis, after: str) -> list[tuple[str, Event]]:
        block = int(_BLOCK_SECONDS * 1000)
        reply = await command(redis, "XREAD", "COUNT", _PAGE, "BLOCK", block, "STREAMS", self._key, after)
        return [self._parsed(message) for _, messages in reply or () for message in messages]

    def _parsed(self, message: _Message) -> tuple[str, Event]:
        name, fields = message
        owner = f"run {self._run!r}"
        if _FIELD not in fields:
            raise CorruptState(owner, self._key, f"the event {name.decode()} has no content")
        return name.decode(), wire.parse(_EVENT, fields[_FIELD], owner=owner, key=self._key)
