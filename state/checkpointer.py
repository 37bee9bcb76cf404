"""The LangGraph saver on plain Redis. The thread id is the run id.

Where `configurable` holds `FENCE_KEY`, every write is refused unless that token is the newest of the run: a process
that lost its lease cannot move the graph on. Runs made without it are not fenced.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    PendingWrite,
    get_serializable_checkpoint_metadata,
    writes_sort_key,
)
from pydantic import TypeAdapter, ValidationError, field_validator
from redis.asyncio import Redis

from .base import CorruptState, Fence
from .checkpoints import CheckpointStore, Place, Stored
from .keys import RunKeys
from .records import Record
from .serde import StrictSerializer

FENCE_KEY = "__slipway_fence"
"""The key of `configurable` that holds the token of the run's lease."""


class _Entry(Record):
    checkpoint: dict[str, Any]
    """All but the values of the channels."""
    metadata: dict[str, Any]
    parent: str | None

    @field_validator("checkpoint")
    @classmethod
    def _has_versions(cls, checkpoint: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(checkpoint.get("channel_versions"), dict):
            raise ValueError("no channel_versions")
        return checkpoint

    @property
    def versions(self) -> dict[str, str]:
        return {channel: str(version) for channel, version in self.checkpoint["channel_versions"].items()}

    @property
    def deltas(self) -> set[str]:
        """The channels whose value is rebuilt from the writes of earlier checkpoints."""
        return set(self.metadata.get("counters_since_delta_snapshot", ()))


class _Write(Record):
    channel: str
    value: Any
    path: str


_Entries = Mapping[Place, _Entry]
_ENTRY = TypeAdapter(_Entry)
_WRITE = TypeAdapter(_Write)


class RedisSaver(BaseCheckpointSaver[str]):
    """Keeps the checkpoints of graphs; asynchronous only.

    `allow` names types beyond plain data, LangGraph's own and the records of `slipway.state`; any other is UnknownType
    when it is written. Bytes that are not what was written are CorruptState.
    """

    def __init__(self, redis: Redis, *, allow: Iterable[type] = ()) -> None:
        super().__init__(serde=StrictSerializer(allow))
        self._store = CheckpointStore(redis)

    # --- writing ---

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint in one step. FenceLost."""
        place = _place(config, checkpoint["id"])
        values = checkpoint["channel_values"]
        entry = {
            "checkpoint": {name: value for name, value in checkpoint.items() if name != "channel_values"},
            "metadata": _metadata(config, metadata),
            "parent": _place(config).id or None,
        }
        fresh = {
            (channel, str(version)): self._dump(values[channel]) if channel in values else None
            for channel, version in new_versions.items()
        }
        await self._store.put(place, self._dump(entry), fresh, _fence(config))
        return _config(place)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store the writes of a task in one step. FenceLost."""
        dumped = [
            (
                WRITES_IDX_MAP.get(channel, index),
                self._dump({"channel": channel, "value": value, "path": task_path}),
            )
            for index, (channel, value) in enumerate(writes)
        ]
        if dumped:
            await self._store.put_writes(_place(config), task_id, dumped, _fence(config))

    def get_next_version(self, current: str | None, channel: None) -> str:
        """A larger version; two forks of a thread never make the same one."""
        number = 1 if current is None else int(current.split(".")[0]) + 1
        return f"{number:032}.{random.getrandbits(64):016x}"

    # --- reading ---

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the newest of its namespace."""
        stored = await self._store.get(_place(config))
        return None if stored is None else await self._tuple(stored, self._entry(stored))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Checkpoints, newest first; without `config`, those of every thread, one thread after the other."""
        left = limit
        for place in await self._candidates(config, before):
            if left is not None and left <= 0:
                return
            stored = await self._store.get(place)
            if stored is None:
                continue  # deleted meanwhile
            entry = self._entry(stored)
            if all(entry.metadata.get(name) == value for name, value in (filter or {}).items()):
                yield await self._tuple(stored, entry)
                left = None if left is None else left - 1

    async def _candidates(self, config: RunnableConfig | None, before: RunnableConfig | None) -> list[Place]:
        wanted: Mapping[str, Any] = (config or {}).get("configurable", {})
        limit = (before or {}).get("configurable", {}).get("checkpoint_id")
        threads = [str(wanted["thread_id"])] if config else await self._store.threads()
        return [
            place
            for thread in threads
            for place in await self._store.places(thread)
            if wanted.get("checkpoint_ns") in (None, place.namespace)
            and wanted.get("checkpoint_id") in (None, "", place.id)
            and (not limit or place.id < limit)
        ]

    async def _tuple(self, stored: Stored, entry: _Entry) -> CheckpointTuple:
        place = stored.place
        values = await self._store.values(place.thread, place.namespace, entry.versions)
        loaded = {channel: self._load(place, raw) for channel, raw in values.items()}
        return CheckpointTuple(
            config=_config(place),
            checkpoint={**entry.checkpoint, "channel_values": loaded},  # pyright: ignore[reportArgumentType]
            metadata=entry.metadata,  # pyright: ignore[reportArgumentType]
            parent_config=_config(_parent(place, entry)) if entry.parent else None,
            pending_writes=self._writes(stored),
        )

    def _writes(self, stored: Stored) -> list[PendingWrite]:
        """In the order in which LangGraph applies them."""
        writes = [(self._write(stored.place, raw), *key) for key, raw in stored.writes.items()]
        writes.sort(key=lambda write: writes_sort_key(write[0].path, *write[1:]))
        return [(task, write.channel, write.value) for write, task, _ in writes]

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """The writes to `channels` since their last stored value, and that value, along the line of parents."""
        history: dict[str, DeltaChannelHistory] = {channel: {"writes": []} for channel in channels}
        open_channels = set(channels)
        stored = await self._store.get(_place(config)) if channels else None
        stored = await self._before(stored)
        while stored is not None and open_channels:
            place, entry = stored.place, self._entry(stored)
            for write in reversed(self._writes(stored)):
                if write[1] in open_channels:
                    history[write[1]]["writes"].insert(0, write)
            wanted = {name: version for name, version in entry.versions.items() if name in open_channels}
            for name, raw in (await self._store.values(place.thread, place.namespace, wanted)).items():
                history[name]["seed"] = self._load(place, raw)
                open_channels.discard(name)
            stored = await self._before(stored)
        return history

    async def _before(self, stored: Stored | None) -> Stored | None:
        entry = self._entry(stored) if stored else None
        return await self._store.get(_parent(stored.place, entry)) if stored and entry and entry.parent else None

    # --- upkeep ---

    async def adelete_thread(self, thread_id: str) -> None:
        """Drop all checkpoints of a thread."""
        await self._store.delete(str(thread_id))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Replace the target's checkpoints by a copy of the source's."""
        await self._store.copy(str(source_thread_id), str(target_thread_id))

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Drop the checkpoints whose metadata name one of `run_ids`, in every thread."""
        gone = set(run_ids)

        async def others(entries: _Entries) -> set[Place]:
            return {place for place, entry in entries.items() if entry.metadata.get("run_id") not in gone}

        for thread in await self._store.threads() if gone else ():
            await self._keep(thread, others)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep the newest checkpoint of each namespace, and what its delta channels need; or `delete` all."""
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"{strategy!r} is no strategy; use 'keep_latest' or 'delete'")
        for thread in map(str, thread_ids):
            if strategy == "delete":
                await self._store.delete(thread)
            else:
                await self._keep(thread, self._newest)

    async def _keep(self, thread: str, choose: Callable[[_Entries], Awaitable[set[Place]]]) -> None:
        done = False
        while not done:
            found = [await self._store.get(place) for place in await self._store.places(thread)]
            entries = {stored.place: self._entry(stored) for stored in found if stored}
            versions = {place: entry.versions for place, entry in entries.items()}
            done = await self._store.keep(thread, versions, await choose(entries))

    async def _newest(self, entries: _Entries) -> set[Place]:
        newest = {place.namespace: place for place in sorted(entries, key=lambda place: place.id)}
        return {kept for place in newest.values() for kept in await self._line(place, entries)}

    async def _line(self, place: Place, entries: _Entries) -> list[Place]:
        """`place`, and its ancestors as far as its delta channels need them."""
        line = [place]
        missing = entries[place].deltas
        while True:
            entry = entries[place]
            wanted = {name: version for name, version in entry.versions.items() if name in missing}
            missing -= (await self._store.values(place.thread, place.namespace, wanted)).keys()
            place = _parent(place, entry)
            if not missing or place not in entries:
                return line
            line.append(place)

    # --- bytes ---

    def _dump(self, value: Any) -> bytes:
        kind, data = self.serde.dumps_typed(value)
        return kind.encode() + b"\0" + data

    def _load(self, place: Place, raw: bytes) -> Any:
        kind, _, data = raw.partition(b"\0")
        try:
            return self.serde.loads_typed((kind.decode(), data))
        except (ValueError, NotImplementedError) as error:
            raise _corrupt(place, str(error)) from error

    def _entry(self, stored: Stored) -> _Entry:
        try:
            return _ENTRY.validate_python(self._load(stored.place, stored.entry))
        except ValidationError as error:
            raise _corrupt(stored.place, str(error)) from error

    def _write(self, place: Place, raw: bytes) -> _Write:
        try:
            return _WRITE.validate_python(self._load(place, raw))
        except ValidationError as error:
            raise _corrupt(place, str(error)) from error

    # --- the blocking half of the interface ---

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Not offered; see `aget_tuple`."""
        raise _asynchronous("aget_tuple")

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Not offered; see `alist`."""
        raise _asynchronous("alist")

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Not offered; see `aput`."""
        raise _asynchronous("aput")

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Not offered; see `aput_writes`."""
        raise _asynchronous("aput_writes")

    def delete_thread(self, thread_id: str) -> None:
        """Not offered; see `adelete_thread`."""
        raise _asynchronous("adelete_thread")


def _asynchronous(twin: str) -> NotImplementedError:
    return NotImplementedError(
        f"RedisSaver is asynchronous: run the graph with `ainvoke` or `astream`, or call `{twin}`"
    )


def _corrupt(place: Place, why: str) -> CorruptState:
    return CorruptState(f"run {place.thread!r}", f"{RunKeys(place.thread).checkpoints} {place.field!r}", why)


def _place(config: RunnableConfig, checkpoint_id: str | None = None) -> Place:
    """Where `config` points, or, with `checkpoint_id`, another checkpoint of its namespace."""
    place: dict[str, Any] = config.get("configurable", {})
    named = checkpoint_id or place.get("checkpoint_id") or ""
    return Place(str(place["thread_id"]), place.get("checkpoint_ns", ""), named)


def _parent(place: Place, entry: _Entry) -> Place:
    return Place(place.thread, place.namespace, entry.parent or "")


def _config(place: Place) -> RunnableConfig:
    return {
        "configurable": {
            "thread_id": place.thread,
            "checkpoint_ns": place.namespace,
            "checkpoint_id": place.id,
        }
    }


def _fence(config: RunnableConfig) -> Fence | None:
    configurable: dict[str, Any] = config.get("configurable", {})
    token = configurable.get(FENCE_KEY)
    return None if token is None else Fence(str(configurable["thread_id"]), token)


def _metadata(config: RunnableConfig, metadata: CheckpointMetadata) -> dict[str, Any]:
    merged = get_serializable_checkpoint_metadata(config, metadata)
    return {name: value for name, value in merged.items() if not name.startswith("__")}
