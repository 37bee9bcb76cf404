"""Where checkpoints lie: a fixed handful of keys for each thread, all in its run's slot.

    checkpoints  NS\\0ID                -> the checkpoint without its values
    versions     NS\\0CHANNEL\\0VERSION  -> a slot: the value if it is small, else its digest; or a mark for no value
    values       DIGEST                -> a larger value
    writes       NS\\0ID\\0TASK\\0INDEX   -> a pending write

A larger value that many checkpoints hold is stored once. Sorted sets hold the fields of `checkpoints` and `writes` by
their bytes: checkpoint ids grow with time, so the newest is the last. Every write is one script, behind the run's
fence where there is one. Every method is an exchange (`exchange.py`), and raises CorruptState where what lies in Redis
is not what was written.
"""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from redis.exceptions import ResponseError

from ..base import CorruptState, Fence, RunExists, StateConflict
from ..keys import CHECKPOINT_PATTERN, RunKeys, run_of
from ..scripts import Argument, Request, Script, corrupted, fence_lost
from .exchange import Exchange, Keys
from .lua import HISTORY, KEEP, LINE, PUBLISH, PUT, PUT_WRITES, READ, STAGE
from .wire import (
    DELTA,
    EMPTY,
    Entry,
    Place,
    Write,
    corrupt,
    decode_entry,
    decode_write,
    encode_entry,
    encode_write,
    slot_of,
    value_in,
    version_field,
)

Typed = tuple[str, bytes]
"""A value as LangGraph's serializers give it: its kind and its bytes."""

_PAGE_BYTES = 4 * 1024 * 1024
_STAGED_MS = 60 * 60 * 1000
_TYPES = (b"hash", b"zset", b"hash", b"hash", b"hash", b"zset")
"""Of the keys in `RunKeys.checkpointing`."""

keys_of = lru_cache(maxsize=1024)(RunKeys)


@dataclass(frozen=True)
class Stored:
    """A checkpoint as it lies in Redis."""

    place: Place
    entry: Entry
    slots: Mapping[str, bytes]
    """Channel -> what lies at its version."""
    writes: Mapping[tuple[str, int], bytes]
    """Task id and index -> write."""
    values: Mapping[bytes, bytes]
    """Digest -> value, of this checkpoint and of those that were read with it."""

    def typed(self) -> dict[str, Typed]:
        """The values of the channels, without those that hold nothing. CorruptState."""
        found = {channel: value_in(self.place.thread, slot, self.values) for channel, slot in self.slots.items()}
        return {channel: found[channel] for channel in self.entry.versions if found[channel]}  # pyright: ignore[reportReturnType]


@dataclass(frozen=True)
class Past:
    """What the ancestors of a checkpoint say of one channel."""

    writes: Sequence[tuple[str, Write]]
    """Task id and write, oldest first."""
    seed: Typed | None
    """The nearest stored value."""


class CheckpointStore:
    """Checkpoints as bytes."""

    # --- writing ---

    def put(
        self,
        place: Place,
        entry: Entry,
        values: Mapping[tuple[str, str], Typed | None],
        deltas: Container[str],
        fence: Fence | None,
    ) -> Exchange[None]:
        """Store a checkpoint and its new values: (channel, version) -> value. FenceLost.

        None stands for a channel that holds nothing, or, where it is one of `deltas`, that its writes rebuild.
        """
        apart: list[Argument] = []
        slots: list[Argument] = []
        for (channel, version), value in values.items():
            slot, stored = (DELTA if channel in deltas else EMPTY, None) if value is None else slot_of(*value)
            slots += (version_field(place.namespace, channel, version), slot)
            apart += stored or ()
        keys = keys_of(place.thread)
        args = [place.field, encode_entry(entry), len(values), *slots, *apart]
        names = (keys.checkpoints, keys.checkpoint_index, keys.versions, keys.values)
        yield from _ask(place.thread, PUT.request(fence, keys.fence, names, args), fence)

    def put_writes(
        self, place: Place, task: str, writes: Iterable[tuple[int, Write]], fence: Fence | None
    ) -> Exchange[None]:
        """Store pending writes by index; the first stand, but those of a negative index are replaced. FenceLost."""
        keys = keys_of(place.thread)
        args: list[Argument] = []
        for index, write in writes:
            args += (f"{place.field}\0{task}\0{index}", encode_write(write), "1" if index < 0 else "0")
        request = PUT_WRITES.request(fence, keys.fence, (keys.writes, keys.write_index), args)
        yield from _ask(place.thread, request, fence)

    # --- reading ---

    def get(self, place: Place) -> Exchange[Stored | None]:
        """A checkpoint with its values and pending writes, in one round trip; None if there is none."""
        return (yield from self.read([place]))[0]

    def read(self, places: Sequence[Place]) -> Exchange[list[Stored | None]]:
        """Checkpoints of one thread, as many as fit into a page, at least one; None for one that is not there."""
        thread = places[0].thread
        fields = [place.field for place in places]
        records, values = yield from _call(thread, READ, [_PAGE_BYTES, *fields])
        held: dict[bytes, bytes] = dict(zip(values[::2], values[1::2], strict=True))
        return [record and _stored(thread, record, held) for record in records]

    def entries(self, places: Sequence[Place]) -> Exchange[list[Entry | None]]:
        """The checkpoints of one thread without values and writes; None for one that is not there."""
        thread = places[0].thread
        request = Request(("HMGET", keys_of(thread).checkpoints, *(place.field for place in places)))
        found = yield from _ask(thread, request)
        return [None if raw is None else decode_entry(thread, raw) for raw in found]

    def places(self, thread: str) -> Exchange[list[Place]]:
        """Every checkpoint of a thread, newest first over all namespaces."""
        names: list[bytes] = yield from _ask(thread, Request(("ZRANGE", keys_of(thread).checkpoint_index, 0, -1)))
        places = [_place(thread, name) for name in names]
        return sorted(places, key=lambda place: place.id, reverse=True)

    def threads(self) -> Exchange[list[str]]:
        """Every thread that has checkpoints. It scans all keys of the server: for upkeep, not for runs."""
        found: list[bytes] = yield Keys(CHECKPOINT_PATTERN)
        return sorted({run_of(bytes(key).decode()) for key in found})

    def history(self, place: Place, channels: Sequence[str]) -> Exchange[dict[str, Past]]:
        """What the ancestors of a checkpoint say of `channels`, each back to its nearest stored value."""
        writes: dict[str, list[tuple[str, Write]]] = {channel: [] for channel in channels}
        seeds: dict[str, Typed] = {}
        at, own, visited, most = place.id, "1", 0, 0
        while own == "1" or at:
            open_channels = [channel for channel in channels if channel not in seeds]
            args = [place.namespace, at, own, _PAGE_BYTES, *open_channels]
            following, steps, count, checkpoints = yield from _call(place.thread, HISTORY, args)
            for found, stored in steps:
                for task, write in reversed(_in_order(place.thread, found)):
                    writes[write.channel].append((task, write))
                seeds |= _seeds(place.thread, stored)
            at, own, visited, most = _text(place.thread, following), "0", visited + count, max(most, checkpoints)
            if at and visited > most:
                raise corrupt(place.thread, keys_of(place.thread).checkpoints, f"the parents of {at!r} do not end")
        return {channel: Past(writes[channel][::-1], seeds.get(channel)) for channel in channels}

    # --- upkeep ---

    def delete(self, thread: str) -> Exchange[None]:
        """Drop all that belongs to a thread."""
        yield Request(("DEL", *keys_of(thread).checkpointing()))

    def keep_newest(self, thread: str) -> Exchange[None]:
        """Drop every checkpoint but the newest of each namespace, and what its delta channels need."""
        yield from _call(thread, KEEP, ["newest"])

    def drop_runs(self, thread: str, runs: Sequence[str]) -> Exchange[None]:
        """Drop the checkpoints that `runs` made, but not those that the delta channels of others need."""
        yield from _call(thread, KEEP, ["runs", *runs])

    def line(self, place: Place) -> Exchange[list[Place]]:
        """A checkpoint, and its ancestors as far as its delta channels need them; newest first."""
        fields: list[bytes] = yield from _call(place.thread, LINE, [place.field])
        return [_place(place.thread, field) for field in fields]

    # --- copies ---

    def copy(self, source: str, target: str) -> Exchange[None]:
        """Make `target` hold what `source` holds, and nothing else; it changes in one step, at the end."""
        copy = Copy(target)
        places = (yield from self.places(source))[::-1]
        while places:
            page = yield from self.read(places[:_PAGE_PLACES])
            yield from copy.add([stored for stored in page if stored])
            places = places[len(page) :]
        yield from copy.publish(fresh=False)


_PAGE_PLACES = 128


class Copy:
    """Checkpoints on their way into a thread: staged in keys that end by themselves, and then shown all at once."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._staged = keys_of(target).staged(secrets.token_hex(8))
        self._fields: set[str] = set()

    def add(self, page: Sequence[Stored]) -> Exchange[None]:
        """Stage some checkpoints. CorruptState: they are not whole, and it is their own thread that is named."""
        if not page:
            return
        for stored in page:
            stored.typed()
            ordered(stored.place.thread, stored.writes)
        self._fields |= {stored.place.field for stored in page}
        checkpoints = {stored.place.field: encode_entry(stored.entry) for stored in page}
        versions = {name: slot for stored in page for name, slot in _slots_by_field(stored)}
        values = {slot[1:]: page[0].values[slot[1:]] for slot in versions.values() if slot[:1] == b"#"}
        writes = {name: raw for stored in page for name, raw in _writes_by_field(stored)}
        parts: tuple[Mapping[Any, bytes], ...] = (checkpoints, versions, values, writes)
        pairs: list[Argument] = [item for part in parts for pair in part.items() for item in pair]
        request = STAGE.request(self._staged, [_STAGED_MS, *map(len, parts), *pairs])
        yield from _ask(self._target, request)

    def publish(self, *, fresh: bool) -> Exchange[None]:
        """Show what was staged in place of what the thread held. RunExists: with `fresh`, it held something.

        StateConflict: the copy took so long that what was staged is gone; nothing was changed.
        """
        keys = keys_of(self._target).checkpointing()
        request = PUBLISH.request((*keys, *self._staged), ["1" if fresh else "0", len(self._fields)])
        shown = yield from _ask(self._target, request)
        if shown == 0:
            raise RunExists(self._target)
        if shown < 0:
            raise StateConflict([*self._staged])


# --- asking ----------------------------------------------------------------------------------------------------------


def _call(thread: str, script: Script, args: Sequence[Argument]) -> Exchange[Any]:
    return (yield from _ask(thread, script.request(keys_of(thread).checkpointing(), args)))


def _ask(thread: str, request: Request, fence: Fence | None = None) -> Exchange[Any]:
    try:
        return (yield request)
    except ResponseError as error:
        code, _, rest = str(error).partition(" ")
        if lost := fence_lost(error, fence):
            raise lost from None
        if code == "CORRUPT":
            number, _, why = rest.partition(" ")
            raise corrupt(thread, keys_of(thread).checkpointing()[int(number) - 1], why.split(" script: ")[0]) from None
        if code != "WRONGTYPE":
            raise corrupted(error, request.words) from error
    raise (yield from _wrong_type(thread))


def _wrong_type(thread: str) -> Exchange[CorruptState]:
    keys = keys_of(thread)
    wanted = {keys.fence: b"string", **dict(zip(keys.checkpointing(), _TYPES, strict=True))}
    for key, kind in wanted.items():
        found = yield Request(("TYPE", key))
        name: bytes = found if isinstance(found, bytes) else str(found).encode()
        if name not in (kind, b"none"):
            return corrupt(thread, key, f"it is a {name.decode()}, not a {kind.decode()}")
    return corrupt(thread, keys.checkpoints, "a key had another type, and was mended meanwhile")


# --- replies ---------------------------------------------------------------------------------------------------------


def _stored(thread: str, record: Sequence[Any], values: Mapping[bytes, bytes]) -> Stored:
    field, raw, slots, names, writes = record
    return Stored(
        place=_place(thread, field),
        entry=decode_entry(thread, raw),
        slots={_text(thread, channel): slot for channel, slot in zip(slots[::2], slots[1::2], strict=True)},
        writes={_task_and_index(thread, name): write for name, write in zip(names, writes, strict=True)},
        values=values,
    )


def _place(thread: str, field: bytes) -> Place:
    namespace, found, named = _text(thread, field).rpartition("\0")
    if not found:
        raise corrupt(thread, keys_of(thread).checkpoint_index, f"{field[:80]!r} is not the name of a checkpoint")
    return Place(thread, namespace, named)


def _task_and_index(thread: str, name: bytes) -> tuple[str, int]:
    parts = _text(thread, name).rsplit("\0", 2)
    if len(parts) != 3 or not parts[2].removeprefix("-").isdecimal():
        raise corrupt(thread, keys_of(thread).write_index, f"{name[:80]!r} is not the name of a write")
    return parts[1], int(parts[2])


def _text(thread: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise corrupt(thread, keys_of(thread).checkpoints, str(error)) from error


def _in_order(thread: str, found: Sequence[bytes]) -> list[tuple[str, Write]]:
    pairs = zip(found[::2], found[1::2], strict=True)
    return ordered(thread, {_task_and_index(thread, name): raw for name, raw in pairs})


def ordered(thread: str, writes: Mapping[tuple[str, int], bytes]) -> list[tuple[str, Write]]:
    """Task id and write, in the order in which LangGraph applies them. CorruptState."""
    decoded = [(decode_write(thread, raw), *key) for key, raw in writes.items()]
    decoded.sort(key=lambda write: (write[0].path, *write[1:]))
    return [(task, write) for write, task, _ in decoded]


def _seeds(thread: str, stored: Iterable[Sequence[bytes]]) -> Iterator[tuple[str, Typed]]:
    for channel, slot, value in stored:
        typed = value_in(thread, slot, {slot[1:]: value})
        if typed is not None:
            yield _text(thread, channel), typed


def _slots_by_field(stored: Stored) -> Iterator[tuple[str, bytes]]:
    for channel, slot in stored.slots.items():
        yield version_field(stored.place.namespace, channel, stored.entry.versions[channel]), slot


def _writes_by_field(stored: Stored) -> Iterator[tuple[str, bytes]]:
    for (task, index), raw in stored.writes.items():
        yield f"{stored.place.field}\0{task}\0{index}", raw


def cut(stored: Stored, *, parent: str, metadata: bytes, writes: Mapping[tuple[str, int], bytes]) -> Stored:
    """The same checkpoint with another parent, other metadata and other pending writes."""
    return replace(stored, entry=stored.entry._replace(parent=parent, metadata=metadata), writes=writes)
