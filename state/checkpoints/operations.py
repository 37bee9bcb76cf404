"""What a LangGraph saver does, each operation written once, as an exchange (`exchange.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol

from ..base import Fence, UnknownCheckpoint
from .exchange import Exchange
from .store import CheckpointStore, Copy, Past, Stored, Typed, cut, keys_of, ordered
from .wire import Entry, Place, Write, corrupt, version_name

FENCE_KEY = "__slipway_fence"
"""The key of `configurable` that holds the token of the run's lease."""

_PAGE = 64
_NO_TASK = "00000000-0000-0000-0000-000000000000"
"""The task that LangGraph books a command's updates on."""
_TASK_MARK = ":"
"""In a namespace, what stands before the id of a task; a namespace without it outlives its task."""


class Query(NamedTuple):
    """Which checkpoints a listing is about."""

    namespace: str | None
    id: str
    before: str
    filter: Mapping[str, Any]

    @classmethod
    def of(cls, config: RunnableConfig | None, filter: dict[str, Any] | None, before: RunnableConfig | None) -> Query:
        """LangGraph's way to ask for them."""
        wanted: Mapping[str, Any] = (config or {}).get("configurable", {})
        limit: Mapping[str, Any] = (before or {}).get("configurable", {})
        named, earlier = wanted.get("checkpoint_id") or "", limit.get("checkpoint_id") or ""
        return cls(wanted.get("checkpoint_ns"), named, earlier, filter or {})

    def wants(self, place: Place) -> bool:
        """Whether a place is one of them, apart from its metadata."""
        return (
            self.namespace in (None, place.namespace)
            and self.id in ("", place.id)
            and (not self.before or place.id < self.before)
        )


class Rest(NamedTuple):
    """What a listing has not yet looked at."""

    threads: Sequence[str]
    places: Sequence[Place]


@dataclass(frozen=True)
class Operations:
    """The operations of a saver. CorruptState: what lies in Redis is not what was written."""

    serde: SerializerProtocol
    _store: ClassVar[CheckpointStore] = CheckpointStore()

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> Exchange[RunnableConfig]:
        """Store a checkpoint. FenceLost."""
        parent = _place(config)
        place = parent._replace(id=checkpoint["id"])
        values = checkpoint["channel_values"]
        fresh = {
            (channel, version_name(version)): self._typed(values[channel]) if channel in values else None
            for channel, version in new_versions.items()
        }
        deltas = metadata.get("counters_since_delta_snapshot") or ()
        yield from self._store.put(
            place, self._entry(parent.id, checkpoint, _metadata(config, metadata)), fresh, deltas, _fence(config)
        )
        return _config(place)

    def _entry(self, parent: str, checkpoint: Checkpoint, metadata: Mapping[str, Any]) -> Entry:
        versions = checkpoint["channel_versions"]
        named = {channel: version_name(version) for channel, version in versions.items()}
        left_out = {"channel_values", "channel_versions"} if named == versions else {"channel_values"}
        body = {name: value for name, value in checkpoint.items() if name not in left_out}
        return Entry(parent, str(metadata.get("run_id") or ""), named, self._dump(body), self._dump(metadata))

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Exchange[None]:
        """Store the writes of a task. FenceLost."""
        if writes:
            dumped = [
                (WRITES_IDX_MAP.get(channel, index), Write(channel, task_path, *self._typed(value)))
                for index, (channel, value) in enumerate(writes)
            ]
            yield from self._store.put_writes(_place(config), task_id, dumped, _fence(config))

    def get(self, config: RunnableConfig) -> Exchange[CheckpointTuple | None]:
        """The checkpoint that `config` names, or the newest of its namespace."""
        stored = yield from self._store.get(_place(config))
        return None if stored is None else self._tuple(stored)

    def begin(self, config: RunnableConfig | None) -> Exchange[Rest]:
        """The start of a listing."""
        if config:
            return Rest([_place(config).thread], [])
        return Rest((yield from self._store.threads()), [])

    def page(self, rest: Rest, query: Query, left: int) -> Exchange[tuple[list[CheckpointTuple], Rest]]:
        """At most `left` that match, and what comes after them."""
        if not rest.places:
            places = yield from self._store.places(rest.threads[0])
            return [], Rest(rest.threads[1:], [place for place in places if query.wants(place)])
        if not query.filter:
            return (yield from self._read(rest, rest.places[: min(left, _PAGE)], 0))
        looked_at = rest.places[:_PAGE]
        entries = yield from self._store.entries(looked_at)
        found = [place for place, entry in zip(looked_at, entries, strict=True) if self._matches(place, entry, query)]
        return (yield from self._read(rest, found[:left], len(looked_at) if len(found) <= left else 0))

    def _read(
        self, rest: Rest, wanted: Sequence[Place], looked_at: int
    ) -> Exchange[tuple[list[CheckpointTuple], Rest]]:
        page = (yield from self._store.read(wanted)) if wanted else []
        if len(page) == len(wanted) and looked_at:
            following = rest.places[looked_at:]
        else:
            following = rest.places[rest.places.index(wanted[len(page) - 1]) + 1 :]
        return [self._tuple(stored) for stored in page if stored], rest._replace(places=following)

    def _matches(self, place: Place, entry: Entry | None, query: Query) -> bool:
        if entry is None:
            return False  # deleted meanwhile
        metadata = self._load_mapping(place, entry.metadata)
        return all(metadata.get(name) == value for name, value in query.filter.items())

    def history(self, config: RunnableConfig, channels: Sequence[str]) -> Exchange[dict[str, DeltaChannelHistory]]:
        """The writes to each channel since its last stored value, and that value, along the line of parents."""
        if not channels:
            return {}
        place = _place(config)
        past = yield from self._store.history(place, list(dict.fromkeys(channels)))
        return {channel: self._delta(place, found) for channel, found in past.items()}

    def _delta(self, place: Place, past: Past) -> DeltaChannelHistory:
        writes = [(task, write.channel, self._load(place, (write.kind, write.data))) for task, write in past.writes]
        return {"writes": writes} if past.seed is None else {"writes": writes, "seed": self._load(place, past.seed)}

    def delete_thread(self, thread: str) -> Exchange[None]:
        """Drop all checkpoints of a thread."""
        return self._store.delete(str(thread))

    def copy_thread(self, source: str, target: str) -> Exchange[None]:
        """Replace the target's checkpoints by a copy of the source's."""
        return self._store.copy(str(source), str(target))

    def delete_for_runs(self, run_ids: Sequence[str]) -> Exchange[None]:
        """Drop the checkpoints that runs made, in every thread."""
        for thread in (yield from self._store.threads()) if run_ids else ():
            yield from self._store.drop_runs(thread, [str(run) for run in run_ids])

    def prune(self, thread_ids: Sequence[str], strategy: str) -> Exchange[None]:
        """Keep the newest checkpoints of threads, or nothing."""
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"{strategy!r} is no strategy; use 'keep_latest' or 'delete'")
        for thread in map(str, thread_ids):
            yield from (self._store.delete if strategy == "delete" else self._store.keep_newest)(thread)

    def fork(self, source: RunnableConfig, target: str) -> Exchange[RunnableConfig]:
        """Begin the thread `target` with one checkpoint. UnknownCheckpoint, RunExists."""
        place, target = _place(source), str(target)
        found = yield from self._store.get(place)
        if found is None:
            raise UnknownCheckpoint(place.thread, place.id or "newest")
        copy = Copy(target)
        yield from self._stage_line(copy, found)
        for memory in (yield from self._memories(found.place)) if not place.namespace else ():
            yield from self._stage_line(copy, memory)
        yield from copy.publish(fresh=True)
        return _config(found.place._replace(thread=target))

    def _memories(self, place: Place) -> Exchange[list[Stored]]:
        """What subgraphs that outlive their tasks remembered when the checkpoint `place` was made."""
        newest: dict[str, Place] = {}
        for other in (yield from self._store.places(place.thread)):
            if other.namespace and _TASK_MARK not in other.namespace and other.id < place.id:
                newest.setdefault(other.namespace, other)
        found: list[Stored] = []
        for other in newest.values():
            stored = yield from self._store.get(other)
            found += [stored] if stored else []
        return found

    def _stage_line(self, copy: Copy, head: Stored) -> Exchange[None]:
        """Stage a checkpoint as the beginning of a thread, and the ancestors that its delta channels need."""
        line = yield from self._store.line(head.place)
        ids = {place.id for place in line}
        metadata = {**self._load_mapping(head.place, head.entry.metadata), "source": "fork"}
        parent = head.entry.parent if head.entry.parent in ids else ""
        yield from copy.add([cut(head, parent=parent, metadata=self._dump(metadata), writes=_due(head))])
        ancestors = line[1:]
        while ancestors:
            page = yield from self._store.read(ancestors[:_PAGE])
            ancestors = ancestors[len(page) :]
            yield from copy.add([_last_cut(stored, ids) for stored in page if stored])

    # --- bytes -----------------------------------------------------------------------------------------------------

    def _typed(self, value: Any) -> Typed:
        return self.serde.dumps_typed(value)

    def _dump(self, value: Any) -> bytes:
        kind, data = self.serde.dumps_typed(value)
        return kind.encode() + b"\0" + data

    def _load(self, place: Place, typed: Typed) -> Any:
        try:
            return self.serde.loads_typed(typed)
        except (ValueError, NotImplementedError) as error:
            raise corrupt(place.thread, keys_of(place.thread).checkpoints, f"{place.field!r}: {error}") from error

    def _load_mapping(self, place: Place, raw: bytes) -> dict[str, Any]:
        kind, _, data = raw.partition(b"\0")
        found = self._load(place, (kind.decode("ascii", "replace"), data))
        if not isinstance(found, dict):
            raise corrupt(place.thread, keys_of(place.thread).checkpoints, f"{place.field!r}: no mapping")
        return found

    def _tuple(self, stored: Stored) -> CheckpointTuple:
        place, entry = stored.place, stored.entry
        values = {channel: self._load(place, typed) for channel, typed in stored.typed().items()}
        body = self._load_mapping(place, entry.body)
        checkpoint = {"channel_versions": entry.versions, **body, "channel_values": values}
        return CheckpointTuple(
            config=_config(place),
            checkpoint=checkpoint,  # pyright: ignore[reportArgumentType]
            metadata=self._load_mapping(place, entry.metadata),  # pyright: ignore[reportArgumentType]
            parent_config=_config(place._replace(id=entry.parent)) if entry.parent else None,
            pending_writes=[
                (task, write.channel, self._load(place, (write.kind, write.data)))
                for task, write in ordered(place.thread, stored.writes)
            ],
        )


# --- LangGraph's dictionaries ----------------------------------------------------------------------------------------


def _place(config: RunnableConfig) -> Place:
    """Where `config` points."""
    found: dict[str, Any] = config.get("configurable", {})
    return Place(str(found["thread_id"]), found.get("checkpoint_ns") or "", found.get("checkpoint_id") or "")


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


# --- forks -----------------------------------------------------------------------------------------------------------


def _due(head: Stored) -> dict[tuple[str, int], bytes]:
    """The pending writes that are a part of the state: what a command updated, but not what it answered."""
    return {(task, index): raw for (task, index), raw in head.writes.items() if task == _NO_TASK and index >= 0}


def _last_cut(stored: Stored, ids: set[str]) -> Stored:
    """The same checkpoint, without a parent if that did not come along."""
    entry = stored.entry
    parent = entry.parent if entry.parent in ids else ""
    return cut(stored, parent=parent, metadata=entry.metadata, writes=stored.writes)
