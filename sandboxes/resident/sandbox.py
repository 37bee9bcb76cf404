"""A sandbox whose PID 1 is the resident agent: the contract, spoken over a `Channel`; backends only start it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...state.records import FileRef, Manifest
from ..base import (
    Caps,
    Command,
    Entry,
    ExecResult,
    FileContent,
    Health,
    Limits,
    SandboxError,
    SandboxRefusal,
)
from ..requests import arguments, inside, kept, may_be_versioned, port_number, seconds, size_of, variables
from . import replies
from .channel import Channel, Flow, Json, Life
from .greeting import whole
from .streams import GRACE, ResidentListener, ResidentProcess, ResidentStream

FRAME = 64 << 20
"""Bytes of the largest file that can be read or written."""
_BATCH = 8 << 20
_FILES = 60.0
"""Seconds for one request about files."""
_QUICK = 10.0
"""Seconds for one request that moves nothing."""
_MANY = 10_000
"""Files in one request to read."""

_OFFERS = {
    "processes": "output as it comes, input as it is needed",
    "terminal": "a terminal of its own for a command",
    "connect": "ports of its programs, over the channel",
    "listen": "ports that the host answers, over the channel",
    "fork": "a copy of every file, over the channel",
}

Graft = Callable[[Life, Life], Awaitable[bool]]
"""Makes the workspace of the second sandbox show the files of the first; False where that is not possible."""


class ResidentSandbox:
    """One sandbox; see `slipway.sandboxes.base.Sandbox`."""

    def __init__(
        self,
        channel: Channel,
        caps: Caps,
        limits: Limits,
        environment: Mapping[str, str],
        sibling: Callable[[], Coroutine[Any, Any, ResidentSandbox]],
        graft: Graft | None = None,
    ) -> None:
        self._channel = channel
        self._caps = replace(caps, offers={**_OFFERS, **caps.offers})
        self._limits = limits
        self._environment = dict(environment)
        self._sibling = sibling
        self._graft = graft
        self._commands = asyncio.Lock()
        self._walking = asyncio.Lock()
        """Held while a listing, a snapshot or a copy is read page by page: the agent has one place in each."""
        self._writing = asyncio.Lock()
        """Held while the batches of one write are sent, which take their places together."""
        self._process: ResidentProcess | None = None

    @property
    def caps(self) -> Caps:
        """What is enforced, and what is offered."""
        return self._caps

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` to its end; afterwards no process of it is left."""
        timeout = seconds(command.timeout)
        request = {"op": "exec", **self._request(command), "timeout": timeout}
        async with self._commands:
            return await self._channel.call(request, replies.result, body=command.stdin, deadline=timeout + GRACE)

    async def start(self, command: Command) -> ResidentProcess:
        """Start `command` and return at once."""
        timeout = None if command.timeout == math.inf else seconds(command.timeout)
        flow = self._channel.flow()
        given = {"timeout": timeout, "stream": flow.number, "closing": bool(command.stdin)}
        request = {"op": "start", **self._request(command), **given}
        async with self._commands:
            await self._opened(flow, request, body=command.stdin)
            self._process = ResidentProcess(self._channel, flow, replies.result, timeout)
        return self._process

    async def connect(self, port: int) -> ResidentStream:
        """Connect to a port that a program of this sandbox listens on."""
        flow = self._channel.flow()
        await self._opened(flow, {"op": "connect", "port": port_number(port), "stream": flow.number})
        return ResidentStream(self._channel, flow)

    async def listen(self, port: int = 0) -> ResidentListener:
        """Listen on the sandbox's loopback."""
        flow = self._channel.flow()
        request = {"op": "listen", "port": port_number(port) if port else 0, "stream": flow.number}
        return ResidentListener(self._channel, flow, await self._opened(flow, request, replies.port))

    async def _opened(
        self, flow: Flow, request: Json, parse: Callable[[Json, bytes], Any] = replies.nothing, body: bytes = b""
    ) -> Any:
        try:
            return await self._channel.call(request, parse, body=body, deadline=_FILES if body else _QUICK)
        except BaseException:
            self._channel.forget(flow)
            raise

    def _request(self, command: Command) -> Json:
        terminal = command.terminal
        return {
            "argv": arguments(command.argv),
            "cwd": inside(command.cwd),
            "env": {**self._environment, **({"TERM": "xterm-256color"} if terminal else {}), **variables(command.env)},
            "output": kept(command.output_bytes),
            **({"terminal": size_of(terminal)} if terminal else {}),
        }

    async def read(self, path: str) -> bytes:
        """The bytes of a file of at most `FRAME` bytes."""
        request = {"op": "read", "path": inside(path), "limit": FRAME}
        return await self._channel.call(request, replies.data, deadline=_FILES)

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """For each path the bytes of its file, or why there are none."""
        found: dict[str, bytes | SandboxRefusal] = {}
        asked: list[tuple[str, str]] = []
        for path in paths:
            try:
                asked.append((path, inside(path)))
            except SandboxRefusal as refusal:
                found[path] = refusal
        while asked:
            request = {"op": "read_many", "paths": [inner for _, inner in asked[:_MANY]], "limit": FRAME}
            read = await self._channel.call(request, replies.many, deadline=_FILES)
            found.update({path: content for (path, _), content in zip(asked, read, strict=False)})
            asked = asked[len(read) :]
        return {path: found[path] for path in paths}

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """Write all of `files`, each replaced atomically, parent folders made. Never follows a link."""
        batches = list(_batches(files))
        async with self._writing:
            for number, batch in enumerate(batches, 1):
                listed = [[path, len(content.data), content.executable] for path, content in batch]
                request = {"op": "write", "files": listed, "last": number == len(batches)}
                body = b"".join(content.data for _, content in batch)
                await self._channel.call(request, replies.nothing, body=body, deadline=_FILES)

    async def remove(self, paths: Sequence[str]) -> None:
        """Remove files (a missing one is no error) and the folders that this leaves empty."""
        request = {"op": "remove", "paths": [inside(path) for path in paths]}
        await self._channel.call(request, replies.nothing, deadline=_FILES)

    async def stat(self, path: str) -> Entry:
        """What is at `path`; a link is itself."""
        return await self._channel.call({"op": "stat", "path": inside(path)}, replies.entry, deadline=_QUICK)

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """What the folder `path` holds."""
        found: list[Entry] = []
        async with self._walking:
            first = more = True
            while more:
                request = {"op": "entries", "path": inside(path), "deep": deep, "first": first}
                page, more = await self._channel.call(request, replies.entries, deadline=_FILES)
                found += page
                self._check_count(len(found) // 2)
                first = False
        return sorted(found, key=lambda entry: entry.path)

    async def snapshot(self) -> Manifest:
        """Every regular file of the workspace with its digest; names that no version may hold are left out."""
        manifest: Manifest = {}
        async with self._walking:
            first = more = True
            while more:
                request = {"op": "snapshot", "first": first}
                page, more = await self._channel.call(request, replies.snapshot, deadline=_FILES)
                manifest |= {file.path: FileRef(file.digest, file.executable) for file in page}
                self._check_count(len(manifest))
                first = False
        return {path: ref for path, ref in manifest.items() if may_be_versioned(path)}

    async def fork(self) -> ResidentSandbox:
        """A new sandbox whose workspace holds a copy of this one's files, folders and links."""
        opening = asyncio.create_task(self._sibling())
        try:
            sibling = await opening
            if self._graft is None or not await self._grafted(sibling):
                async with self._walking:
                    await self._copy(sibling)
        except BaseException:
            opening.cancel()
            with suppress(asyncio.CancelledError, SandboxError):
                await (await opening).close()
            raise
        return opening.result()

    async def health(self) -> Health:
        """What it uses now."""
        began = time.perf_counter()
        used = await self._channel.call({"op": "health"}, replies.health, deadline=_QUICK)
        return used(time.perf_counter() - began)

    async def close(self) -> None:
        """End every process and drop the workspace. Closing twice is harmless."""
        await self._channel.close()

    async def _grafted(self, sibling: ResidentSandbox) -> bool:
        async def undo(done: bool) -> None:
            pass  # the sibling is closed, and this one goes on as before

        if self._commands.locked():
            return False
        async with self._commands, self._walking, self._writing:
            if self._process is not None and self._process.ended is None:
                return False  # it would go on in the folder that it has open
            return await whole(self._swapped(sibling), undo)

    async def _swapped(self, sibling: ResidentSandbox) -> bool:
        """Graft while neither agent holds on to its workspace."""
        assert self._graft is not None
        parked: list[ResidentSandbox] = []
        try:
            for sandbox in (sibling, self):
                await sandbox._channel.call({"op": "park"}, replies.nothing, deadline=_QUICK)
                parked.append(sandbox)
            return await self._graft(self._channel.life, sibling._channel.life)
        finally:
            for sandbox in reversed(parked):
                await sandbox._channel.call({"op": "reopen"}, replies.nothing, deadline=_QUICK)

    async def _copy(self, sibling: ResidentSandbox) -> None:
        packed = 0
        first = more = True
        while more:
            page, body = await self._channel.call({"op": "pack", "first": first}, replies.pack, deadline=_FILES)
            packed += len(page.pieces)
            self._check_count(packed // 2 - 1000)
            request = {"op": "unpack", "pieces": page.pieces}
            await sibling._channel.call(request, replies.nothing, body=body, deadline=_FILES)
            first, more = False, page.more

    def _check_count(self, files: int) -> None:
        if files > self._limits.workspace_files:
            raise SandboxRefusal("too_large", f"the workspace has more than {self._limits.workspace_files} files")


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
