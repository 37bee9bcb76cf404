from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

from ..base import Command, Entry, ExecResult, FileContent, Process, Sandbox


class Turns:
    """A sandbox for several callers, who may go away: the part of its contract that works on files.

    A command waits for the one before it, instead of being refused as `busy`. A caller who is cancelled ends its own
    command only, where a call of the sandbox itself that is cancelled would end the sandbox.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._turn = asyncio.Lock()

    async def exec(self, command: Command) -> ExecResult:
        """See `Sandbox`."""
        async with self._running(command) as process:
            return await process.wait()

    async def output(self, command: Command) -> tuple[bytes, ExecResult]:
        """Run `command`, and return all that it wrote to stdout, which may be much, with how it ended."""
        async with self._running(command) as process:
            pieces = [piece.data async for piece in process if piece.stream == "stdout"]
            return b"".join(pieces), await process.wait()

    async def read(self, path: str) -> bytes:
        """See `Sandbox`."""
        return await asyncio.shield(self._sandbox.read(path))

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """See `Sandbox`."""
        await asyncio.shield(self._sandbox.write(files))

    async def stat(self, path: str) -> Entry:
        """See `Sandbox`."""
        return await asyncio.shield(self._sandbox.stat(path))

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """See `Sandbox`."""
        return await asyncio.shield(self._sandbox.entries(path, deep=deep))

    @asynccontextmanager
    async def _running(self, command: Command) -> AsyncGenerator[Process, None]:
        async with self._turn, await self._sandbox.start(command) as process:
            if not command.stdin:
                await process.end_input()
            yield process
