"""The journal: an answered call is never made again.

A call is named by its place and its content: (step, index, kind, digest of the canonical request). Answered means that
`record` returned. A call that was in flight when its process died is made again by the next one, and counted.
"""

from __future__ import annotations

import json

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import CorruptState, Fence
from .keys import RunKeys
from .records import JournalEntry
from .scripts import FencedScript, command

_ENTRY = TypeAdapter(JournalEntry)
_BATCH = 256
_ASKED_TWICE = "asked-twice"

# A call begun twice under one token is a retry of a request that failed, by the same process; under another token the
# process that asked first is gone, and may have been answered.
_BEGIN = FencedScript(f"""
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return 0 end
local token = redis.call('HGET', KEYS[3], ARGV[2])
if token and token ~= ARGV[1] then redis.call('HINCRBY', KEYS[3], '{_ASKED_TWICE}', 1) end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
return 1
""")

_ABANDON = FencedScript("return redis.call('HDEL', KEYS[2], ARGV[2])")

_RECORD = FencedScript("""
local recorded = redis.call('HGET', KEYS[2], ARGV[2])
if recorded then return recorded end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
return ARGV[3]
""")


class Journal:
    """The calls of one run, for whoever holds its fence."""

    def __init__(self, redis: Redis, fence: Fence) -> None:
        self._redis = redis
        self._fence = fence
        self._keys = RunKeys(fence.run)

    async def find(self, step: str, index: int, kind: str, digest: str) -> JournalEntry | None:
        """The recorded answer of a call, if it was answered."""
        name = _name(step, index, kind, digest)
        raw: bytes | None = await command(self._redis, "HGET", self._keys.journal, name)
        return None if raw is None else self._entry(raw, name)

    async def begin(self, step: str, index: int, kind: str, digest: str) -> None:
        """Note that a call is about to be made. FenceLost."""
        keys = [self._keys.journal, self._keys.journal_open]
        await _BEGIN(self._redis, self._fence, self._keys.fence, keys, [_name(step, index, kind, digest)])

    async def abandon(self, step: str, index: int, kind: str, digest: str) -> None:
        """Note that a call ended without an answer (it was refused, or never sent): asking again is no repeat."""
        keys = [self._keys.journal_open]
        await _ABANDON(self._redis, self._fence, self._keys.fence, keys, [_name(step, index, kind, digest)])

    async def record(self, entry: JournalEntry) -> JournalEntry:
        """Record an answer and return the one that stands: the first. FenceLost."""
        name = _name(entry.step, entry.index, entry.kind, entry.digest)
        keys = [self._keys.journal, self._keys.journal_order, self._keys.journal_open]
        args = [name, entry.model_dump_json()]
        return self._entry(await _RECORD(self._redis, self._fence, self._keys.fence, keys, args), name)

    async def entries(self) -> list[JournalEntry]:
        """Every answered call, in the order of recording."""
        names: list[bytes] = await command(self._redis, "LRANGE", self._keys.journal_order, 0, -1)
        entries: list[JournalEntry] = []
        for start in range(0, len(names), _BATCH):
            part = names[start : start + _BATCH]
            found = await command(self._redis, "HMGET", self._keys.journal, *part)
            entries += [
                self._entry(raw, name.decode("utf-8", "replace")) for name, raw in zip(part, found, strict=True)
            ]
        return entries

    async def asked_twice(self) -> int:
        """How many calls were in flight when a process died, and had to be made again."""
        key = self._keys.journal_open
        raw: bytes | None = await command(self._redis, "HGET", key, _ASKED_TWICE)
        return 0 if raw is None else int(wire.number(raw, owner=f"run {self._fence.run!r}", key=key))

    def _entry(self, raw: bytes | None, name: str) -> JournalEntry:
        owner = f"run {self._fence.run!r}"
        if raw is None:
            raise CorruptState(owner, self._keys.journal, f"the answer of {name} is missing")
        entry = wire.parse(_ENTRY, raw, owner=owner, key=self._keys.journal)
        if _name(entry.step, entry.index, entry.kind, entry.digest) != name:
            raise CorruptState(owner, self._keys.journal, f"the answer of {name} is that of another call")
        return entry


def _name(step: str, index: int, kind: str, digest: str) -> str:
    return json.dumps([step, index, kind, digest])
