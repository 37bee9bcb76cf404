"""A sandbox whose PID 1 is the resident agent: the contract, spoken over a `Channel`; backends only start it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ...state.records import FileRef, Manifest
from ..base import Caps, Command, ExecResult, FileContent, Limits, Output, SandboxError, SandboxRefusal
from ..requests import arguments, inside, may_be_versioned, seconds, variables
from .channel import Channel, Json

FRAME = 64 << 20
"""Bytes of the largest file that can be read or written."""
_BATCH = 8 << 20
_GRACE = 10.0
"""Seconds that an agent may take beyond a command's own time, to end what the command started."""
_FILES = 60.0
"""Seconds for one request about files."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def agent_source() -> str:
    """The text of the agent's program, to be run with `python3 -I -S -c`."""
    return (Path(__file__).parent.parent / "agent.py").read_text(encoding="utf-8")


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True)


class _ExecReply(_Reply):
    exit: int = Field(ge=0, le=255)
    timed_out: bool
    out: list[int] = Field(min_length=2, max_length=2)
    err: list[int] = Field(min_length=2, max_length=2)
    seconds: float = Field(ge=0)


class _SnapshotPage(_Reply):
    files: list[Annotated[list[Any], Field(min_length=3, max_length=3)]]
    more: bool


class _PackPage(_Reply):
    pieces: list[Any]
    more: bool


class _File(_Reply):
    path: str
    digest: Digest
    executable: bool


class ResidentSandbox:
    """One sandbox; see `slipway.sandboxes.base.Sandbox`."""

    def __init__(
        self,
        channel: Channel,
        caps: Caps,
        limits: Limits,
        environment: Mapping[str, str],
        sibling: Callable[[], Coroutine[Any, Any, ResidentSandbox]],
    ) -> None:
        self._channel = channel
        self._caps = caps
        self._limits = limits
        self._environment = dict(environment)
        self._sibling = sibling

    @property
    def caps(self) -> Caps:
        """What is enforced."""
        return self._caps

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` to its end; afterwards no process of it is left."""
        request = {
            "op": "exec",
            "argv": arguments(command.argv),
            "cwd": inside(command.cwd),
            "env": {**self._environment, **variables(command.env)},
            "timeout": seconds(command.timeout),
        }
        return await self._channel.call(request, self._result, body=command.stdin, deadline=command.timeout + _GRACE)

    async def read(self, path: str) -> bytes:
        """The bytes of a file of at most `FRAME` bytes."""
        request = {"op": "read", "path": inside(path), "limit": FRAME}
        return await self._channel.call(request, lambda _, data: data, deadline=_FILES)

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """Write all of `files`, each replaced atomically, parent folders made. Never follows a link."""
        batches = list(_batches(files))
        for number, batch in enumerate(batches, 1):
            listed = [[path, len(content.data), content.executable] for path, content in batch]
            request = {"op": "write", "files": listed, "last": number == len(batches)}
            body = b"".join(content.data for _, content in batch)
            await self._channel.call(request, _nothing, body=body, deadline=_FILES)

    async def remove(self, paths: Sequence[str]) -> None:
        """Remove files (a missing one is no error) and the folders that this leaves empty."""
        request = {"op": "remove", "paths": [inside(path) for path in paths]}
        await self._channel.call(request, _nothing, deadline=_FILES)

    async def snapshot(self) -> Manifest:
        """Every regular file of the workspace with its digest; names that no version may hold are left out."""
        manifest: Manifest = {}
        first = more = True
        while more:
            page = await self._channel.call({"op": "snapshot", "first": first}, _snapshot_page, deadline=_FILES)
            for file in page[0]:
                manifest[file.path] = FileRef(file.digest, file.executable)
            if len(manifest) > self._limits.workspace_files:
                raise SandboxRefusal("too_large", f"the workspace has more than {self._limits.workspace_files} files")
            first, more = False, page[1]
        return {path: ref for path, ref in manifest.items() if may_be_versioned(path)}

    async def fork(self) -> ResidentSandbox:
        """A new sandbox whose workspace holds a copy of this one's files, folders and links."""
        opening = asyncio.create_task(self._sibling())
        try:
            page, body = await self._pack(first=True)
            await self._copy(await opening, page, body)
        except BaseException:
            opening.cancel()
            with suppress(asyncio.CancelledError, SandboxError):
                await (await opening).close()
            raise
        return opening.result()

    async def close(self) -> None:
        """End every process and drop the workspace. Closing twice is harmless."""
        await self._channel.close()

    async def _pack(self, *, first: bool) -> tuple[_PackPage, bytes]:
        return await self._channel.call({"op": "pack", "first": first}, _pack_page, deadline=_FILES)

    async def _copy(self, sibling: ResidentSandbox, page: _PackPage, body: bytes) -> None:
        left = 2 * self._limits.workspace_files + 1000
        while True:
            left -= len(page.pieces)
            if left < 0:
                raise SandboxRefusal("too_large", f"the workspace has more than {self._limits.workspace_files} files")
            request = {"op": "unpack", "pieces": page.pieces}
            await sibling._channel.call(request, _nothing, body=body, deadline=_FILES)
            if not page.more:
                return
            page, body = await self._pack(first=False)

    def _result(self, reply: Json, data: bytes) -> ExecResult:
        said = _ExecReply.model_validate(reply)
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


def _nothing(reply: Json, data: bytes) -> None:
    return None


def _snapshot_page(reply: Json, data: bytes) -> tuple[list[_File], bool]:
    page = _SnapshotPage.model_validate(reply)
    if page.more and not page.files:
        raise ValueError("a page with nothing in it")
    return [_File(path=path, digest=digest, executable=flag) for path, digest, flag in page.files], page.more


def _pack_page(reply: Json, data: bytes) -> tuple[_PackPage, bytes]:
    page = _PackPage.model_validate(reply)
    if page.more and not page.pieces:
        raise ValueError("a page with nothing in it")
    return page, data


def _batches(files: Mapping[str, FileContent]) -> Iterator[list[tuple[str, FileContent]]]:
    batch: list[tuple[str, FileContent]] = []
    size = 0
    for path, content in [(inside(path), content) for path, content in files.items()]:
        if len(content.data) > FRAME:
            raise SandboxRefusal("too_large", f"{path!r} has {len(content.data)} bytes; at most {FRAME} can be written")
        cost = len(content.data) + len(path) * 16
        if batch and size + cost > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append((path, content))
        size += cost
    if batch:
        yield batch
