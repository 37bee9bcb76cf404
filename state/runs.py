from __future__ import annotations

import logging
import time
import uuid

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import CorruptState, Fence, RunExists, UnknownRun
from .events import EVENT_FIELD
from .keys import RUNS, LedgerKeys, ProjectKeys, RunKeys
from .records import ENDED, Outcome, RunEnded, RunLimits, RunRecord, Status
from .scripts import FencedScript, Script, command

_log = logging.getLogger(__name__)

_RECORD = TypeAdapter(RunRecord)
_OUTCOME = TypeAdapter(Outcome)
_STATUS: TypeAdapter[Status] = TypeAdapter(Status)
_LIMITS = TypeAdapter(RunLimits)

DAY = 24 * 60 * 60
_SHOWN = 5
_SECONDS = "seconds:"
_GRACE = 60.0
"""Seconds for which an index entry without a record may be a run that is just being created."""

# A repeat after a lost answer finds its own record.
_CREATE = Script("""
local found = redis.call('HGET', KEYS[1], 'record')
if found then return found == ARGV[1] and 1 or 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'status', ARGV[2])
for i = 3, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
return 1
""")

_SET = FencedScript("""
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
""")

_TRACE = FencedScript("""
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
if not redis.call('LPOS', KEYS[3], ARGV[2]) then redis.call('RPUSH', KEYS[3], ARGV[2]) end
return 1
""")

_LIVE = """
local function live(life)
  for i = 1, #KEYS do
    if life == '' then redis.call('PERSIST', KEYS[i]) else redis.call('PEXPIRE', KEYS[i], life) end
  end
  return 1
end
"""

# The outcome and the last event are one step: who follows a run waits for that event.
_FINISH = FencedScript(
    _LIVE
    + """
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
if redis.call('HGET', KEYS[2], 'ended') == ARGV[2] then return 1 end
local newest = redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 1)[1]
local heard = newest and newest[1] or '0'
redis.call('HSET', KEYS[2], 'status', ARGV[3], 'outcome', ARGV[4], 'ended', ARGV[2], 'heard', heard)
redis.call('XADD', KEYS[3], '*', ARGV[5], ARGV[6])
return live(ARGV[7])
"""
)

_EXPIRE = FencedScript(_LIVE + "return live(ARGV[2])")


class RunStore:
    """The records of runs. Every method on a run that is not there raises UnknownRun.

    With a `fence`, what changes its run raises FenceLost once a newer token holds it; without one, nothing is checked.
    """

    def __init__(self, redis: Redis, fence: Fence | None = None) -> None:
        self._redis = redis
        self._fence = fence

    async def create(self, record: RunRecord) -> None:
        """Store a new run. RunExists."""
        keys = RunKeys(record.id)
        # Indexed first: a kill between the two leaves an entry that `newest` drops, never a run that nobody finds.
        await self._redis.zadd(RUNS, {record.id: record.created.timestamp()})
        args = [record.model_dump_json(), record.status, *record.traces]
        if not await _CREATE(self._redis, [keys.record, keys.traces], args):
            raise RunExists(record.id)

    async def get(self, run: str) -> RunRecord:
        """The run as it stands: its status, limits and traces are the newest."""
        record = await self._read(run)
        if record is None:
            raise await self._unknown(run)
        return record

    async def _read(self, run: str) -> RunRecord | None:
        keys = RunKeys(run)
        owner = f"run {run!r}"
        raw, status, limits = await command(self._redis, "HMGET", keys.record, "record", "status", "limits")
        traces: list[bytes] = await command(self._redis, "LRANGE", keys.traces, 0, -1)
        if raw is None:
            return None
        record = wire.parse(_RECORD, raw, owner=owner, key=keys.record)
        if record.id != run:
            raise CorruptState(owner, keys.record, f"it holds the record of {record.id!r}")
        update: dict[str, object] = {
            "traces": tuple(wire.text(trace, owner=owner, key=keys.traces) for trace in traces)
        }
        if status is not None:
            update["status"] = _status(status, owner=owner, key=keys.record)
        if limits is not None:
            update["limits"] = wire.parse(_LIMITS, limits, owner=owner, key=keys.record)
        return record.model_copy(update=update)

    async def set_status(self, run: str, status: Status) -> None:
        """Record where the run stands; one that goes on after it had ended loses its time to live."""
        await self._set(run, "status", status)
        if status not in ENDED:
            await self.keep(run, None)

    async def keep(self, run: str, ttl: float | None) -> None:
        """Drop all of the run after `ttl` seconds; None: never."""
        await self._expire_elsewhere(run, _life(ttl))
        keys = RunKeys(run)
        await _EXPIRE(self._redis, self._fence, keys.fence, keys.lasting(), [_life(ttl)])

    async def set_limits(self, run: str, limits: RunLimits) -> None:
        """Record what the run may take from now on."""
        await self._set(run, "limits", limits.model_dump_json())

    async def add_trace(self, run: str, trace_id: str) -> None:
        """Add the trace of a passage of the run; a repeat changes nothing."""
        keys = RunKeys(run)
        if not await _TRACE(self._redis, self._fence, keys.fence, [keys.record, keys.traces], [trace_id]):
            raise await self._unknown(run)

    async def set_seconds(self, run: str, passage: str, seconds: float) -> None:
        """Record the wall time of a passage, which its trace id names."""
        await self._set(run, f"{_SECONDS}{passage}", repr(float(seconds)))

    async def seconds(self, run: str) -> float:
        """Wall time of all passages together, in seconds."""
        key = RunKeys(run).record
        fields: dict[bytes, bytes] = await command(self._redis, "HGETALL", key)
        if b"record" not in fields:
            raise await self._unknown(run)
        times = (raw for name, raw in fields.items() if name.startswith(_SECONDS.encode()))
        return sum(wire.number(raw, owner=f"run {run!r}", key=key) for raw in times)

    async def finish(self, run: str, outcome: Outcome, *, ttl: float = 30 * DAY) -> None:
        """Store how the run ended or was parked, and tell it. Where it ended, all of it is dropped after `ttl` seconds.

        The files that it delivered stay: they belong to the project.
        """
        keys, life = RunKeys(run), _life(ttl if outcome.status in ENDED else None)
        first = [keys.record, keys.events, keys.inbox]
        others = [key for key in keys.lasting() if key not in (keys.fence, *first)]
        event = RunEnded(outcome=outcome).model_dump_json()
        args = [uuid.uuid4().hex, outcome.status, outcome.model_dump_json(), EVENT_FIELD, event, life]
        # The run's own slot last: a kill in between leaves a run that goes on, which makes the others last again.
        await self._expire_elsewhere(run, life)
        if not await _FINISH(self._redis, self._fence, keys.fence, [*first, *others], args):
            raise await self._unknown(run)

    async def outcome(self, run: str) -> Outcome | None:
        """How the run ended or was parked last; None before that."""
        key = RunKeys(run).record
        record, raw = await command(self._redis, "HMGET", key, "record", "outcome")
        if record is None:
            raise await self._unknown(run)
        return None if raw is None else wire.parse(_OUTCOME, raw, owner=f"run {run!r}", key=key)

    async def newest(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs, newest first. A damaged one is left out, with a warning that names it."""
        records: list[RunRecord] = []
        start = 0
        while len(records) < limit:
            page: list[bytes] = await command(self._redis, "ZREVRANGE", RUNS, start, start + limit - 1, "WITHSCORES")
            if not page:
                break
            start += len(page) // 2 - await self._collect(page, records)
        return records[:limit]

    async def _collect(self, page: list[bytes], records: list[RunRecord]) -> int:
        """Append the runs of an index page; return how many entries were dropped because their run is gone."""
        dropped = 0
        for raw, score in zip(page[::2], page[1::2], strict=True):
            created = wire.number(score, owner="the index of runs", key=RUNS)
            try:
                record = await self._read(wire.text(raw, owner="the index of runs", key=RUNS))
            except CorruptState as error:
                _log.warning("%s", error)
                continue
            if record is not None:
                records.append(record)
            elif created < time.time() - _GRACE:
                await self._redis.zrem(RUNS, raw)
                dropped += 1
        return dropped

    async def _set(self, run: str, field: str, value: str) -> None:
        keys = RunKeys(run)
        if not await _SET(self._redis, self._fence, keys.fence, [keys.record], [field, value]):
            raise await self._unknown(run)

    async def _expire_elsewhere(self, run: str, life: str) -> None:
        """What is the run's alone in the slots of its project and its tenant."""
        record = await self.get(run)
        for keys in (ProjectKeys(record.project).branch(run), LedgerKeys(record.tenant, record.project, run)):
            await _EXPIRE(self._redis, self._fence, keys.fence, keys.lasting(), [life])

    async def _unknown(self, run: str) -> UnknownRun:
        return UnknownRun(run, [record.id for record in await self.newest(_SHOWN)])


def _life(ttl: float | None) -> str:
    """Milliseconds for Redis; empty for ever."""
    return "" if ttl is None else str(int(ttl * 1000))


def _status(raw: bytes, *, owner: str, key: str) -> Status:
    return wire.parse(_STATUS, b'"%s"' % raw, owner=owner, key=key)
