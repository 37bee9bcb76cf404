from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import UnknownExperiment
from .keys import EXPERIMENTS, ExperimentKeys
from .scripts import Script, command

E = TypeVar("E", bound=BaseModel)
W = TypeVar("W", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")

_PUT = Script("""
redis.call('HSET', KEYS[1], 'record', ARGV[1])
redis.call('HSETNX', KEYS[1], 'status', ARGV[2])
return 1
""")

_FINISH = Script("""
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
""")


class ExperimentStore(Generic[E, W, R]):
    """What there is of experiments: the record of each, what is under way for its cells, and what came of them.

    It knows cells by their keys, and nothing of what the records say: that is `slipway.experiments`. None of it has a
    time to live.
    """

    def __init__(self, redis: Redis, experiment: type[E], work: type[W], result: type[R]) -> None:
        self._redis = redis
        self._experiment, self._work, self._result = TypeAdapter(experiment), TypeAdapter(work), TypeAdapter(result)

    async def put(self, name: str, record: E, *, created: float, status: str) -> None:
        """Store an experiment, in place of its record before; `status` and `created` are those of a new one."""
        # Indexed first: a kill between the two leaves an entry that `names` skips, never one that nobody finds.
        await command(self._redis, "ZADD", EXPERIMENTS, "NX", created, name)
        await _PUT(self._redis, [ExperimentKeys(name).record], [record.model_dump_json(), status])

    async def get(self, name: str) -> E:
        """The record of an experiment. UnknownExperiment."""
        found = await self.find(name)
        if found is None:
            raise UnknownExperiment(name, await self.names())
        return found

    async def find(self, name: str) -> E | None:
        """The record of an experiment, if there is one."""
        key = ExperimentKeys(name).record
        raw: bytes | None = await command(self._redis, "HGET", key, "record")
        return None if raw is None else wire.parse(self._experiment, raw, owner=_owner(name), key=key)

    async def names(self) -> list[str]:
        """All experiments, newest first."""
        found: list[bytes] = await command(self._redis, "ZREVRANGE", EXPERIMENTS, 0, -1)
        names = [wire.text(raw, owner="the index of experiments", key=EXPERIMENTS) for raw in found]
        return [name for name in names if await command(self._redis, "EXISTS", ExperimentKeys(name).record)]

    async def status(self, name: str) -> str:
        """Where an experiment stands, as it was said last. UnknownExperiment."""
        key = ExperimentKeys(name).record
        raw: bytes | None = await command(self._redis, "HGET", key, "status")
        if raw is None:
            raise UnknownExperiment(name, await self.names())
        return wire.text(raw, owner=_owner(name), key=key)

    async def set_status(self, name: str, status: str) -> None:
        """Say where an experiment stands."""
        await command(self._redis, "HSET", ExperimentKeys(name).record, "status", status)

    async def begin(self, name: str, cell: str, work: W) -> None:
        """Record what is under way for a cell, in place of what was."""
        await command(self._redis, "HSET", ExperimentKeys(name).work, cell, work.model_dump_json())

    async def finish(self, name: str, cell: str, result: R) -> None:
        """Record what came of a cell; nothing is under way for it any more."""
        keys = ExperimentKeys(name)
        await _FINISH(self._redis, [keys.results, keys.work], [cell, result.model_dump_json()])

    async def fail(self, name: str, cell: str, result: R) -> None:
        """Record why a cell could not be done; what is under way for it stays, for who goes on with it."""
        await command(self._redis, "HSET", ExperimentKeys(name).results, cell, result.model_dump_json())

    async def work(self, name: str, cell: str) -> W | None:
        """What is under way for a cell; None: nothing."""
        return await self._one(self._work, ExperimentKeys(name).work, cell, _owner(name))

    async def result(self, name: str, cell: str) -> R | None:
        """What came of a cell; None: nothing yet."""
        return await self._one(self._result, ExperimentKeys(name).results, cell, _owner(name))

    async def works(self, name: str) -> dict[str, W]:
        """What is under way, by cell."""
        return await self._all(self._work, ExperimentKeys(name).work, _owner(name))

    async def results(self, name: str) -> dict[str, R]:
        """What came of cells, by cell."""
        return await self._all(self._result, ExperimentKeys(name).results, _owner(name))

    async def remove(self, name: str) -> None:
        """Forget an experiment; its runs and projects stay. A repeat changes nothing."""
        await command(self._redis, "DEL", *ExperimentKeys(name).lasting())
        await command(self._redis, "ZREM", EXPERIMENTS, name)

    async def _one(self, adapter: TypeAdapter[T], key: str, cell: str, owner: str) -> T | None:
        raw: bytes | None = await command(self._redis, "HGET", key, cell)
        return None if raw is None else wire.parse(adapter, raw, owner=owner, key=key)

    async def _all(self, adapter: TypeAdapter[T], key: str, owner: str) -> dict[str, T]:
        found: dict[bytes, bytes] = await command(self._redis, "HGETALL", key)
        parsed = ((wire.text(cell, owner=owner, key=key), raw) for cell, raw in found.items())
        return {cell: wire.parse(adapter, raw, owner=owner, key=key) for cell, raw in parsed}


def _owner(name: str) -> str:
    return f"experiment {name!r}"
