from __future__ import annotations

import time

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import CorruptState, RunExists, UnknownRun
from .keys import RUNS, ProjectKeys, RunKeys
from .records import ENDED, Outcome, RunRecord, Status
from .scripts import Script, command

_RECORD = TypeAdapter(RunRecord)
_OUTCOME = TypeAdapter(Outcome)
_STATUS: TypeAdapter[Status] = TypeAdapter(Status)

DAY = 24 * 60 * 60
_SHOWN = 5
_GRACE = 60.0
"""Seconds for which an index entry without a record may be a run that is just being created."""

_SET = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
""")

_ADD = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.call('HINCRBYFLOAT', KEYS[1], ARGV[1], ARGV[2])
""")

_TRACE = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if not redis.call('LPOS', KEYS[2], ARGV[1]) then redis.call('RPUSH', KEYS[2], ARGV[1]) end
return 1
""")


class RunStore:
    """The records of runs. Every method on a run that is not there raises UnknownRun."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def create(self, record: RunRecord) -> None:
        """Store a new run. RunExists."""
        keys = RunKeys(record.id)
        # Indexed first: a kill between the two leaves an entry that `newest` drops, never a run that nobody finds.
        await self._redis.zadd(RUNS, {record.id: record.created.timestamp()})
        made = await command(self._redis, "HSETNX", keys.record, "record", record.model_dump_json())
        if not made:
            raise RunExists(record.id)
        await self._set(record.id, "status", record.status)
        for trace in record.traces:
            await self.add_trace(record.id, trace)

    async def get(self, run: str) -> RunRecord:
        """The run as it stands: its status and traces are the newest."""
        record = await self._read(run)
        if record is None:
            raise await self._unknown(run)
        return record

    async def _read(self, run: str) -> RunRecord | None:
        keys = RunKeys(run)
        owner = f"run {run!r}"
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hmget(keys.record, ["record", "status"])
            pipe.lrange(keys.traces, 0, -1)
            (raw, status), traces = await pipe.execute()
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
        return record.model_copy(update=update)

    async def set_status(self, run: str, status: Status) -> None:
        """Record where the run stands; one that goes on after it had ended loses its time to live."""
        await self._set(run, "status", status)
        if status not in ENDED:
            await self._keep(run)

    async def add_trace(self, run: str, trace_id: str) -> None:
        """Add the trace of a passage of the run; a repeat changes nothing."""
        keys = RunKeys(run)
        if not await _TRACE(self._redis, [keys.record, keys.traces], [trace_id]):
            raise await self._unknown(run)

    async def add_seconds(self, run: str, seconds: float) -> None:
        """Add wall time of a passage."""
        if await _ADD(self._redis, [RunKeys(run).record], ["seconds", repr(float(seconds))]) is None:
            raise await self._unknown(run)

    async def seconds(self, run: str) -> float:
        """Wall time of all passages together, in seconds."""
        key = RunKeys(run).record
        record, raw = await command(self._redis, "HMGET", key, "record", "seconds")
        if record is None:
            raise await self._unknown(run)
        return 0.0 if raw is None else wire.number(raw, owner=f"run {run!r}", key=key)

    async def finish(self, run: str, outcome: Outcome, *, ttl: float = 30 * DAY) -> None:
        """Store how the run ended or was parked. Where it ended, all that it left is dropped after `ttl` seconds.

        The files that it published stay: versions and contents belong to the project.
        """
        record = await self.get(run)
        await self._set(run, "outcome", outcome.model_dump_json(), "status", outcome.status)
        if outcome.status not in ENDED:
            await self._keep(run)
            return
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in _lasting(record):
                pipe.pexpire(key, int(ttl * 1000))
            await pipe.execute()

    async def outcome(self, run: str) -> Outcome | None:
        """How the run ended or was parked last; None before that."""
        key = RunKeys(run).record
        record, raw = await command(self._redis, "HMGET", key, "record", "outcome")
        if record is None:
            raise await self._unknown(run)
        return None if raw is None else wire.parse(_OUTCOME, raw, owner=f"run {run!r}", key=key)

    async def newest(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs, newest first."""
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
            record = await self._read(wire.text(raw, owner="the index of runs", key=RUNS))
            created = wire.number(score, owner="the index of runs", key=RUNS)
            if record is not None:
                records.append(record)
            elif created < time.time() - _GRACE:
                dropped += await self._redis.zrem(RUNS, raw)
        return dropped

    async def _set(self, run: str, *fields: str) -> None:
        if not await _SET(self._redis, [RunKeys(run).record], fields):
            raise await self._unknown(run)

    async def _keep(self, run: str) -> None:
        record = await self.get(run)
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in _lasting(record):
                pipe.persist(key)
            await pipe.execute()

    async def _unknown(self, run: str) -> UnknownRun:
        return UnknownRun(run, [record.id for record in await self.newest(_SHOWN)])


def _lasting(record: RunRecord) -> tuple[str, ...]:
    return RunKeys(record.id).lasting() + ProjectKeys(record.project).branch(record.id).lasting()


def _status(raw: bytes, *, owner: str, key: str) -> Status:
    return wire.parse(_STATUS, b'"%s"' % raw, owner=owner, key=key)
