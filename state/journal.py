"""The journal: an answered call is never made again.

A call is named by its place and its content: (step, index, kind, digest of the canonical request). Answered means that
`record` returned. A call that was in flight when its process died is made again by the next one, and counted.

What the requests of models share is kept once (`parts.py`): who reads entries gets each request as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import CorruptState, Fence
from .keys import RunKeys
from .parts import Parted, take_apart
from .records import CallKind, JournalAnswer, JournalEntry
from .scripts import FencedScript, command

_BATCH = 256
_ASKED_TWICE = "asked-twice"


class _Kept(JournalAnswer):
    request: Parted | str


_KEPT = TypeAdapter(_Kept)

# A call begun twice under one token is a retry of a request that failed, by the same process; under another token the
# process that asked first is gone, and may have been answered.
_BEGIN = FencedScript(f"""
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return 0 end
local token = redis.call('HGET', KEYS[3], ARGV[2])
if token and token ~= ARGV[1] then redis.call('HINCRBY', KEYS[3], '{_ASKED_TWICE}', 1) end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
return token and 0 or 1
""")

_ABANDON = FencedScript("return redis.call('HDEL', KEYS[2], ARGV[2])")

# A server that was killed may have forgotten parts that it acknowledged: then 0, and all are sent.
_RECORD = FencedScript("""
local known = tonumber(ARGV[4])
for i = 5, 4 + known do
  if redis.call('HEXISTS', KEYS[5], ARGV[i]) == 0 then return 0 end
end
for i = 5 + known, #ARGV, 2 do redis.call('HSETNX', KEYS[5], ARGV[i], ARGV[i + 1]) end
local recorded = redis.call('HGET', KEYS[2], ARGV[2])
if recorded then return recorded end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
return false
""")


class Journal:
    """The calls of one run, for whoever holds its fence."""

    def __init__(self, redis: Redis, fence: Fence) -> None:
        self._redis = redis
        self._fence = fence
        self._keys = RunKeys(fence.run)
        self._owner = f"run {fence.run!r}"
        self._stored: set[str] = set()
        """The parts that this journal has stored."""

    async def find(self, step: str, index: int, kind: str, digest: str) -> JournalEntry | None:
        """The recorded answer of a call, if it was answered."""
        name = _name(step, index, kind, digest)
        raw: bytes | None = await command(self._redis, "HGET", self._keys.journal, name)
        return None if raw is None else await self._entry(raw, name)

    async def begin(self, step: str, index: int, kind: str, digest: str) -> bool:
        """Note that a call is about to be made; return whether none of it was in flight before. FenceLost."""
        keys = [self._keys.journal, self._keys.journal_open]
        return bool(await _BEGIN(self._redis, self._fence, self._keys.fence, keys, [_name(step, index, kind, digest)]))

    async def abandon(self, step: str, index: int, kind: str, digest: str) -> None:
        """Note that a call ended without an answer (it was refused, or never sent): asking again is no repeat."""
        keys = [self._keys.journal_open]
        await _ABANDON(self._redis, self._fence, self._keys.fence, keys, [_name(step, index, kind, digest)])

    async def record(self, entry: JournalEntry) -> JournalEntry:
        """Record an answer and return the one that stands: the first. FenceLost."""
        name = _name(entry.step, entry.index, entry.kind, entry.digest)
        keys = [self._keys.journal, self._keys.journal_order, self._keys.journal_open, self._keys.journal_parts]
        request, parts = take_apart(entry.request) or (entry.request, {})
        kept = _Kept.model_validate(entry.model_dump() | {"request": request}).model_dump_json()
        while True:
            known = [digest for digest in parts if digest in self._stored]
            fresh = {digest: text for digest, text in parts.items() if digest not in self._stored}
            args = [name, kept, len(known), *known, *chain.from_iterable(fresh.items())]
            recorded: bytes | int | None = await _RECORD(self._redis, self._fence, self._keys.fence, keys, args)
            if recorded != 0:
                break
            self._stored.clear()
        self._stored.update(fresh)
        return await self._entry(recorded, name) if isinstance(recorded, bytes) else entry

    async def entries(self) -> list[JournalEntry]:
        """Every answered call, in the order of recording."""
        return await self._whole(await self._all())

    async def answers(self, kind: CallKind) -> list[JournalAnswer]:
        """Every answer of one kind without what was asked, in the order of recording."""
        return [kept for kept in await self._all() if kept.kind == kind]

    async def asked_twice(self) -> int:
        """How many calls were in flight when a process died, and had to be made again."""
        key = self._keys.journal_open
        raw: bytes | None = await command(self._redis, "HGET", key, _ASKED_TWICE)
        return 0 if raw is None else int(wire.number(raw, owner=self._owner, key=key))

    async def _all(self) -> list[_Kept]:
        names: list[bytes] = await command(self._redis, "LRANGE", self._keys.journal_order, 0, -1)
        found = await self._values(self._keys.journal, names)
        return [self._kept(raw, name.decode("utf-8", "replace")) for name, raw in zip(names, found, strict=True)]

    async def _entry(self, raw: bytes, name: str) -> JournalEntry:
        return (await self._whole([self._kept(raw, name)]))[0]

    def _kept(self, raw: bytes | None, name: str) -> _Kept:
        if raw is None:
            raise CorruptState(self._owner, self._keys.journal, f"the answer of {name} is missing")
        kept = wire.parse(_KEPT, raw, owner=self._owner, key=self._keys.journal)
        if _name(kept.step, kept.index, kept.kind, kept.digest) != name:
            raise CorruptState(self._owner, self._keys.journal, f"the answer of {name} is that of another call")
        return kept

    async def _whole(self, kept: Sequence[_Kept]) -> list[JournalEntry]:
        """The entries with their requests, put together again."""
        parts = await self._parts(
            part for each in kept if isinstance(each.request, Parted) for part in each.request.parts
        )
        return [self._assembled(each, parts) for each in kept]

    async def _parts(self, wanted: Iterable[str]) -> dict[str, str]:
        key, digests = self._keys.journal_parts, list(dict.fromkeys(wanted))
        found = await self._values(key, digests)
        texts: dict[str, str] = {}
        for digest, raw in zip(digests, found, strict=True):
            if raw is None:
                raise CorruptState(self._owner, key, f"the part {digest} of a request is missing")
            texts[digest] = wire.text(raw, owner=self._owner, key=key)
        return texts

    def _assembled(self, kept: _Kept, parts: Mapping[str, str]) -> JournalEntry:
        request = kept.request.whole(parts) if isinstance(kept.request, Parted) else kept.request
        if request is None:
            raise CorruptState(self._owner, self._keys.journal_parts, f"the request of {kept.step!r} is another one")
        return JournalEntry.model_validate(kept.model_dump() | {"request": request})

    async def _values(self, key: str, fields: Sequence[str | bytes]) -> list[bytes | None]:
        """The values of some fields of a hash, by batches: an answer of Redis is held in memory whole."""
        found: list[bytes | None] = []
        for start in range(0, len(fields), _BATCH):
            found += await command(self._redis, "HMGET", key, *fields[start : start + _BATCH])
        return found


def _name(step: str, index: int, kind: str, digest: str) -> str:
    return json.dumps([step, index, kind, digest])
