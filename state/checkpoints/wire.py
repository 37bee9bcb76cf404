"""The bytes of checkpoints: what the scripts can read, and what only we can, behind a checksum."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import ormsgpack

from ..base import CorruptState
from ..keys import RunKeys

INLINE = 128
"""Bytes up to which a value lies with its version; larger ones are stored once, by their digest."""
EMPTY = b"-"
"""The slot of a version at which the channel holds nothing."""
DELTA = b"*"
"""The slot of a version whose value is rebuilt from the writes of earlier checkpoints."""


class Place(NamedTuple):
    """A checkpoint's address; an empty `id` is the newest of the namespace."""

    thread: str
    namespace: str
    id: str

    @property
    def field(self) -> str:
        """Its name in the hashes."""
        return f"{self.namespace}\0{self.id}"


class Entry(NamedTuple):
    """What one checkpoint adds to the values of its channels."""

    parent: str
    """The id of the checkpoint before it; empty for the first."""
    run: str
    """The `run_id` of its metadata."""
    versions: dict[str, str]
    """Channel -> the name of its version."""
    body: bytes
    """The checkpoint without its values."""
    metadata: bytes


class Write(NamedTuple):
    """One write of a task."""

    channel: str
    path: str
    """The task's; it orders the writes of a step."""
    kind: str
    data: bytes


def version_name(version: str | float) -> str:
    """A version as a part of a name; equal versions have equal names."""
    return version if isinstance(version, str) else f"{version:.17g}"


def version_field(namespace: str, channel: str, version: str) -> str:
    """The name of a channel's version in the hash of versions."""
    return f"{namespace}\0{channel}\0{version}"


def corrupt(thread: str, key: str, why: str) -> CorruptState:
    """The error that names a run and its key."""
    return CorruptState(f"run {thread!r}", key, why)


# --- sealing -------------------------------------------------------------------------------------------------------


def seal(data: bytes) -> bytes:
    """`data` behind its checksum."""
    return zlib.crc32(data).to_bytes(4) + data


def _unseal(raw: bytes) -> bytes:
    """The inverse of `seal`; ValueError."""
    data = raw[4:]
    if zlib.crc32(data).to_bytes(4) != raw[:4]:
        raise ValueError("the checksum does not fit")
    return data


def _framed(head: tuple[Any, ...], rest: bytes) -> bytes:
    """A head that scripts read, from the ninth byte on (theirs is an old msgpack, without binary), and a rest."""
    packed = ormsgpack.packb(head)
    return seal(len(packed).to_bytes(4) + packed + rest)


def _unframed(thread: str, key: str, raw: bytes, shape: tuple[type, ...]) -> tuple[list[Any], bytes]:
    try:
        data = _unseal(raw)
        end = 4 + int.from_bytes(data[:4])
        head = ormsgpack.unpackb(data[4:end])
    except ValueError as error:
        raise corrupt(thread, key, str(error)) from error
    if not isinstance(head, list) or len(head) != len(shape) or not all(map(isinstance, head, shape)):
        raise corrupt(thread, key, "the bytes are not what was written")
    return head, data[end:]


def encode_entry(entry: Entry) -> bytes:
    """An entry as bytes."""
    rest = len(entry.body).to_bytes(4) + entry.body + entry.metadata
    return _framed((entry.parent, entry.run, entry.versions), rest)


def decode_entry(thread: str, raw: bytes) -> Entry:
    """The inverse. CorruptState."""
    (parent, run, versions), rest = _unframed(thread, RunKeys(thread).checkpoints, raw, (str, str, dict))
    end = 4 + int.from_bytes(rest[:4])
    return Entry(parent, run, versions, rest[4:end], rest[end:])


def encode_write(write: Write) -> bytes:
    """A write as bytes."""
    return _framed((write.channel, write.path, write.kind), write.data)


def decode_write(thread: str, raw: bytes) -> Write:
    """The inverse. CorruptState."""
    (channel, path, kind), data = _unframed(thread, RunKeys(thread).writes, raw, (str, str, str))
    return Write(channel, path, kind, data)


# --- values --------------------------------------------------------------------------------------------------------


def slot_of(kind: str, data: bytes) -> tuple[bytes, tuple[str, bytes] | None]:
    """The slot of a value; and, for one that lies apart, its digest and bytes."""
    value = kind.encode() + b"\0" + data
    if len(value) <= INLINE:
        return b"=" + seal(value), None
    digest = hashlib.sha256(value).hexdigest()
    return b"#" + digest.encode(), (digest, value)


def value_in(thread: str, slot: bytes, values: Mapping[bytes, bytes]) -> tuple[str, bytes] | None:
    """The kind and data of the value in `slot`; `values` holds those that lie apart. CorruptState."""
    if slot in (EMPTY, DELTA):
        return None
    if slot[:1] == b"#":
        value, key = values.get(slot[1:], b""), RunKeys(thread).values
        if hashlib.sha256(value).hexdigest().encode() != slot[1:]:
            raise corrupt(thread, key, "the value of a channel has other bytes")
    else:
        key = RunKeys(thread).versions
        try:
            value = _unseal(slot[1:])
        except ValueError as error:
            raise corrupt(thread, key, f"the value of a channel: {error}") from error
        if slot[:1] != b"=":
            raise corrupt(thread, key, "a version of a channel is none")
    kind, _, data = value.partition(b"\0")
    return kind.decode("ascii", "replace"), data
