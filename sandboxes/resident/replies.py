"""What an agent may answer, read into types: ValueError, KeyError or TypeError where it does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ..base import Entry, ExecResult, Health, Output, SandboxRefusal
from .channel import Json, refused

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True)


class _Exec(_Reply):
    exit: int = Field(ge=0, le=255)
    timed_out: bool
    out: list[int] = Field(min_length=2, max_length=2)
    err: list[int] = Field(min_length=2, max_length=2)
    seconds: float = Field(ge=0)


class _SnapshotPage(_Reply):
    files: list[Annotated[list[Any], Field(min_length=3, max_length=3)]]
    more: bool


class _EntriesPage(_Reply):
    entries: list[Any]
    more: bool


class PackPage(_Reply):
    """A part of a copy; what it holds is for another agent alone."""

    pieces: list[Any]
    more: bool


class File(_Reply):
    """A file of a snapshot."""

    path: str
    digest: Digest
    executable: bool


class _Entry(_Reply):
    path: str
    kind: Literal["file", "folder", "link", "other"]
    size: int = Field(ge=0)
    executable: bool
    modified: float


class _Health(_Reply):
    processes: int = Field(ge=0)
    memory: int = Field(ge=0)
    bytes: int = Field(ge=0)
    files: int = Field(ge=0)
    ports: list[int] = Field(max_length=1000)


class _Port(_Reply):
    port: int = Field(gt=0, le=65535)


class _Many(_Reply):
    read: list[Any] = Field(min_length=1)


def nothing(reply: Json, data: bytes) -> None:
    """An answer that says no more than that it was done."""
    return


def data(reply: Json, data: bytes) -> bytes:
    """Bytes."""
    return data


def result(reply: Json, data: bytes) -> ExecResult:
    """How a command ended."""
    said = _Exec.model_validate(reply)
    (out, out_size), (err, err_size) = said.out, said.err
    if len(data) != out + err or out > out_size or err > err_size or min(out, err) < 0:
        raise ValueError("sizes that do not add up")
    return ExecResult(
        exit_code=said.exit,
        stdout=Output(data[:out], out_size),
        stderr=Output(data[out:], err_size),
        seconds=said.seconds,
        timed_out=said.timed_out,
    )


def port(reply: Json, data: bytes) -> int:
    """The number of a port."""
    return _Port.model_validate(reply).port


def many(reply: Json, data: bytes) -> list[bytes | SandboxRefusal]:
    """Files, or why they cannot be read."""
    found: list[bytes | SandboxRefusal] = []
    at = 0
    for said in _Many.model_validate(reply).read:
        if type(said) is not int:
            found.append(SandboxRefusal(*refused(said)))
            continue
        if not 0 <= said <= len(data) - at:
            raise ValueError("sizes that do not add up")
        found.append(data[at : at + said])
        at += said
    return found


def entry(reply: Json, data: bytes) -> Entry:
    """What is at a path."""
    return _entry(reply["entry"])


def entries(reply: Json, data: bytes) -> tuple[list[Entry], bool]:
    """A page of a listing, and whether there are more."""
    page = _EntriesPage.model_validate(reply)
    if page.more and not page.entries:
        raise ValueError("a page with nothing in it")
    return [_entry(found) for found in page.entries], page.more


def snapshot(reply: Json, data: bytes) -> tuple[list[File], bool]:
    """A page of a snapshot, and whether there are more."""
    page = _SnapshotPage.model_validate(reply)
    if page.more and not page.files:
        raise ValueError("a page with nothing in it")
    return [File(path=path, digest=digest, executable=flag) for path, digest, flag in page.files], page.more


def pack(reply: Json, data: bytes) -> tuple[PackPage, bytes]:
    """A part of a copy."""
    page = PackPage.model_validate(reply)
    if page.more and not page.pieces:
        raise ValueError("a page with nothing in it")
    return page, data


def health(reply: Json, data: bytes) -> Callable[[float], Health]:
    """What is used, given how long the answer took."""
    said = _Health.model_validate(reply)
    ports = tuple(sorted({port for port in said.ports if 0 < port < 65536}))
    return lambda seconds: Health(said.processes, said.memory, said.bytes, said.files, seconds, ports)


def _entry(found: Any) -> Entry:
    path, kind, size, executable, modified = found
    said = _Entry(path=path, kind=kind, size=size, executable=executable, modified=modified)
    return Entry(said.path, said.kind, said.size, said.executable, said.modified)
