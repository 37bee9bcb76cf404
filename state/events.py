from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing

from pydantic import TypeAdapter
from redis.asyncio import Redis

from ..config import Secrets
from .base import Fence
from .keys import RunKeys
from .records import Event, RunEnded
from .scripts import FencedScript
from .streams import Stream

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
EVENT_FIELD = "event"
"""The field of a stream's message that holds the event as JSON."""

_KEPT = 10_000

# The client sends again what the server may have done already before the connection broke.
_APPEND = FencedScript("""
for _, message in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 16)) do
  if message[2][3] == 'nonce' and message[2][4] == ARGV[2] then return message[1] end
end
return redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', ARGV[4], ARGV[5], 'nonce', ARGV[2])
""")


class EventStream:
    """What happened in a run, in order; the newest 10,000 events are kept.

    With a `fence`, `append` raises FenceLost once a newer token holds the run; without one, nothing is checked. No
    event is written with one of `secrets` in it.
    """

    def __init__(self, redis: Redis, run: str, fence: Fence | None = None, secrets: Secrets | None = None) -> None:
        self._redis = redis
        self._fence = fence
        self._secrets = secrets or Secrets()
        self._keys = RunKeys(run)
        self._stream = Stream(redis, self._keys.events, EVENT_FIELD, _EVENT, owner=f"run {run!r}")

    async def append(self, event: Event) -> str:
        """Add an event; return its id, which grows."""
        args = [uuid.uuid4().hex, _KEPT, EVENT_FIELD, _EVENT.dump_json(self._secrets.masked_record(event))]
        added: bytes = await _APPEND(self._redis, self._fence, self._keys.fence, [self._keys.events], args)
        return added.decode()

    async def read(self, after: str = "0") -> list[tuple[str, Event]]:
        """The events behind the id `after`, with their ids."""
        return await self._stream.read(after)

    async def newest(self) -> str:
        """The id of the newest event; "0" before the first."""
        return await self._stream.newest()

    async def follow(self, after: str = "0") -> AsyncGenerator[tuple[str, Event]]:
        """The events behind the id `after`, and those to come, until the passage of the run ended.

        It waits on a connection of its own, so that followers do not use up those of the run.
        """
        async with aclosing(self._stream.follow(after)) as events:
            async for name, event in events:
                yield name, event
                if isinstance(event, RunEnded):
                    return
