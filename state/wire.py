"""Reading what Redis returned: every value is validated, and bytes that do not fit are named."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from .base import CorruptState, HeadMove, Revision
from .records import FileRef, Manifest, project_path

T = TypeVar("T")

_REVISION = re.compile(r"(\d{1,15}) ([0-9a-f]{40})")
_HEAD_MOVE = re.compile(r"([0-9a-f]{40}) (\d{1,14}) (.*)", re.DOTALL)
_LINE = re.compile(r"([0-9a-f]{64}(?:\+x)?) (.+)")


def parse(adapter: TypeAdapter[T], raw: bytes | str, *, owner: str, key: str) -> T:
    """`raw` JSON as what `adapter` describes. CorruptState: it is something else."""
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise CorruptState(owner, key, f"{where}: {first['msg']}" if where else first["msg"]) from error


def text(raw: bytes, *, owner: str, key: str) -> str:
    """`raw` as UTF-8. CorruptState: it is not."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise CorruptState(owner, key, str(error)) from error


def number(raw: bytes, *, owner: str, key: str) -> float:
    """`raw` as a finite number. CorruptState: it is none."""
    if not re.fullmatch(rb"-?\d+(\.\d+)?(e[+-]?\d+)?", raw):
        raise CorruptState(owner, key, f"{raw[:40]!r} is not a number")
    return float(raw)


def revision(raw: bytes, *, owner: str, key: str) -> Revision:
    """The inverse of `NUMBER SPACE VERSION`."""
    found = _REVISION.fullmatch(text(raw, owner=owner, key=key))
    if not found:
        raise CorruptState(owner, key, f"{raw[:80]!r} is not a revision")
    return Revision(int(found[1]), found[2])


def version(raw: bytes, *, owner: str, key: str) -> str:
    """`raw` as the id of a version."""
    if not re.fullmatch(rb"[0-9a-f]{40}", raw):
        raise CorruptState(owner, key, f"{raw[:80]!r} is not a version")
    return raw.decode()


def head_move(raw: bytes, *, owner: str, key: str) -> HeadMove:
    """The inverse of `VERSION SPACE MILLISECONDS SPACE RUN`."""
    found = _HEAD_MOVE.fullmatch(text(raw, owner=owner, key=key))
    if not found:
        raise CorruptState(owner, key, f"{raw[:80]!r} is not a move of the head")
    return HeadMove(found[1], found[3] or None, datetime.fromtimestamp(int(found[2]) / 1000, UTC))


def encode_manifest(manifest: Manifest) -> bytes:
    """The canonical text of a manifest: `REF SPACE PATH LF` for each file, sorted by the path's bytes."""
    lines = sorted((path.encode(), ref.encode().encode()) for path, ref in manifest.items())
    return b"".join(b"%s %s\n" % (ref, path) for path, ref in lines)


def decode_manifest(raw: bytes, *, owner: str, key: str) -> Manifest:
    """The inverse of `encode_manifest`."""
    manifest: Manifest = {}
    for line in text(raw, owner=owner, key=key).split("\n")[:-1]:
        found = _LINE.fullmatch(line)
        if not found:
            raise CorruptState(owner, key, f"{line[:120]!r} is not a line of a manifest")
        manifest[_path(found[2], owner=owner, key=key)] = FileRef.decode(found[1])
    return manifest


def _path(path: str, *, owner: str, key: str) -> str:
    try:
        return project_path(path)
    except ValueError as error:
        raise CorruptState(owner, key, str(error)) from error
