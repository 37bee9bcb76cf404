"""Where checkpoints lie: a fixed handful of keys for each thread, all in its run's slot.

    checkpoints  NS\\0ID                -> the checkpoint without its values
    versions     NS\\0CHANNEL\\0VERSION  -> the digest of the value; empty where the channel holds nothing
    values       DIGEST                -> the value
    writes       NS\\0ID\\0TASK\\0INDEX   -> a pending write

A value that many checkpoints hold is stored once. Sorted sets hold the fields of `checkpoints` and `writes` by their
bytes: checkpoint ids grow with time, so the newest is the last. Every write is one script, behind the run's fence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import WatchError

from .base import CorruptState, Fence
from .keys import CHECKPOINT_PATTERN, RunKeys, run_of
from .scripts import FencedScript, Script, command

_PUT = FencedScript("""
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[3], 0, ARGV[2])
for i = 4, #ARGV, 3 do
  redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1])
  if ARGV[i + 1] ~= '' then redis.call('HSETNX', KEYS[5], ARGV[i + 1], ARGV[i + 2]) end
end
return 1
""")

# A task that runs again after a kill finds its writes: the first stand. Errors, interrupts and resumes are replaced.
_PUT_WRITES = FencedScript("""
for i = 2, #ARGV, 3 do
  redis.call(ARGV[i + 2] == '1' and 'HSET' or 'HSETNX', KEYS[2], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[3], 0, ARGV[i])
end
return 1
""")

_GET = Script("""
local field = ARGV[1] .. '\\0' .. ARGV[2]
if ARGV[2] == '' then
  field = redis.call('ZREVRANGEBYLEX', KEYS[2], '(' .. ARGV[1] .. '\\1', '[' .. field, 'LIMIT', 0, 1)[1]
end
local entry = field and redis.call('HGET', KEYS[1], field)
if not entry then return false end
local names = redis.call('ZRANGE', KEYS[4], '[' .. field .. '\\0', '(' .. field .. '\\1', 'BYLEX')
local writes = {}
for i, name in ipairs(names) do writes[i] = redis.call('HGET', KEYS[3], name) end
return {field, entry, names, writes}
""")

_VALUES = Script("""
local values = {}
for i, field in ipairs(ARGV) do
  local digest = redis.call('HGET', KEYS[1], field) or ''
  values[i] = {digest, digest ~= '' and redis.call('HGET', KEYS[2], digest) or ''}
end
return values
""")


@dataclass(frozen=True)
class Place:
    """A checkpoint's address; an empty `id` is the newest of the namespace."""

    thread: str
    namespace: str
    id: str

    @property
    def field(self) -> str:
        """Its name in the hashes."""
        return f"{self.namespace}\0{self.id}"


@dataclass(frozen=True)
class Stored:
    """A checkpoint as it lies in Redis."""

    place: Place
    entry: bytes
    writes: dict[tuple[str, int], bytes]
    """Task id and index -> write."""


class CheckpointStore:
    """Checkpoints as bytes. Reading is not atomic across calls; every write is."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(
        self, place: Place, entry: bytes, values: Mapping[tuple[str, str], bytes | None], fence: Fence | None
    ) -> None:
        """Store a checkpoint and its new values: (channel, version) -> value, None for an empty channel. FenceLost."""
        keys = RunKeys(place.thread)
        args: list[str | bytes] = [place.field, entry]
        for (channel, version), value in values.items():
            digest = "" if value is None else hashlib.sha256(value).hexdigest()
            args += [_version_field(place.namespace, channel, version), digest, value or b""]
        names = [keys.checkpoints, keys.checkpoint_index, keys.versions, keys.values]
        await _PUT(self._redis, fence, keys.fence, names, args)

    async def put_writes(
        self, place: Place, task: str, writes: Sequence[tuple[int, bytes]], fence: Fence | None
    ) -> None:
        """Store pending writes by index; the first stand, but those of a negative index are replaced. FenceLost."""
        keys = RunKeys(place.thread)
        args: list[str | bytes] = []
        for index, write in writes:
            args += [f"{place.field}\0{task}\0{index}", write, "1" if index < 0 else "0"]
        await _PUT_WRITES(self._redis, fence, keys.fence, [keys.writes, keys.write_index], args)

    async def get(self, place: Place) -> Stored | None:
        """A checkpoint and its pending writes; None if there is none. CorruptState: a write is missing."""
        keys = RunKeys(place.thread)
        names = [keys.checkpoints, keys.checkpoint_index, keys.writes, keys.write_index]
        found = await _GET(self._redis, names, [place.namespace, place.id])
        if found is None:
            return None
        field, entry, fields, writes = found
        if len(fields) != len(writes):
            raise CorruptState(_owner(place.thread), keys.writes, "a pending write is missing")
        return Stored(
            Place(place.thread, place.namespace, field.decode().rpartition("\0")[2]),
            entry,
            {_task_and_index(name.decode()): write for name, write in zip(fields, writes, strict=True)},
        )

    async def values(self, thread: str, namespace: str, versions: Mapping[str, str]) -> dict[str, bytes]:
        """The values of channels at their versions, without those that hold nothing. CorruptState: one is damaged."""
        if not versions:
            return {}
        keys = RunKeys(thread)
        fields = [_version_field(namespace, channel, version) for channel, version in versions.items()]
        found = await _VALUES(self._redis, [keys.versions, keys.values], fields)
        values: dict[str, bytes] = {}
        for channel, (digest, value) in zip(versions, found, strict=True):
            if not digest:
                continue
            if hashlib.sha256(value).hexdigest().encode() != digest:
                raise CorruptState(_owner(thread), keys.values, f"the value of channel {channel!r} has other bytes")
            values[channel] = value
        return values

    async def places(self, thread: str) -> list[Place]:
        """Every checkpoint of a thread, newest first over all namespaces."""
        names: list[bytes] = await command(self._redis, "ZRANGE", RunKeys(thread).checkpoint_index, 0, -1)
        places = [Place(thread, *name.decode().split("\0", 1)) for name in names]
        return sorted(places, key=lambda place: place.id, reverse=True)

    async def threads(self) -> list[str]:
        """Every thread that has checkpoints. It scans all keys of the server: for upkeep, not for runs."""
        found = [key async for key in self._redis.scan_iter(CHECKPOINT_PATTERN, count=1000)]
        return sorted({run_of(bytes(key).decode()) for key in found})

    async def delete(self, thread: str) -> None:
        """Drop all that belongs to a thread."""
        await command(self._redis, "DEL", *RunKeys(thread).checkpointing())

    async def copy(self, source: str, target: str) -> None:
        """Make `target` hold what `source` holds, and nothing else."""
        pairs = zip(RunKeys(source).checkpointing(), RunKeys(target).checkpointing(), strict=True)
        for old, new in pairs:
            data: bytes | None = await command(self._redis, "DUMP", old)
            if data is None:
                await command(self._redis, "DEL", new)
            else:
                await command(self._redis, "RESTORE", new, 0, data, "REPLACE")

    async def keep(self, thread: str, seen: Mapping[Place, Mapping[str, str]], kept: Collection[Place]) -> bool:
        """Drop every checkpoint of a thread but `kept`, and what only the others needed.

        `seen` is every checkpoint of the thread with its channel versions. False, with nothing dropped: the thread was
        written to meanwhile; look again.
        """
        keys = RunKeys(thread)
        checkpoints = {place.field for place in kept}
        versions = {
            _version_field(place.namespace, channel, version)
            for place in kept
            for channel, version in seen[place].items()
        }
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(*keys.checkpointing())
            digests: dict[bytes, bytes] = await command(pipe, "HGETALL", keys.versions)
            values = {digest.decode() for name, digest in digests.items() if name.decode() in versions}
            places = [name.decode() for name in await command(pipe, "HKEYS", keys.checkpoints)]
            writes = [name.decode() for name in await command(pipe, "HKEYS", keys.writes)]
            held = [name.decode() for name in await command(pipe, "HKEYS", keys.values)]
            if set(places) != {place.field for place in seen}:
                return False
            gone_places = [name for name in places if name not in checkpoints]
            gone_writes = [name for name in writes if name.rsplit("\0", 2)[0] not in checkpoints]
            pipe.multi()
            for verb, key, fields in (
                ("HDEL", keys.checkpoints, gone_places),
                ("ZREM", keys.checkpoint_index, gone_places),
                ("HDEL", keys.writes, gone_writes),
                ("ZREM", keys.write_index, gone_writes),
                ("HDEL", keys.versions, [name for name in digests if name.decode() not in versions]),
                ("HDEL", keys.values, [digest for digest in held if digest not in values]),
            ):
                if fields:
                    pipe.execute_command(verb, key, *fields)
            try:
                await pipe.execute()
            except WatchError:
                return False
        return True


def _version_field(namespace: str, channel: str, version: str) -> str:
    return f"{namespace}\0{channel}\0{version}"


def _task_and_index(field: str) -> tuple[str, int]:
    task, index = field.rsplit("\0", 2)[1:]
    return task, int(index)


def _owner(thread: str) -> str:
    return f"run {thread!r}"
