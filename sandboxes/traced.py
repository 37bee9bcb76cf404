from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state.records import Manifest
from ..telemetry import Tracer, names
from .base import (
    Caps,
    Command,
    Entry,
    ExecResult,
    FileContent,
    Health,
    Listener,
    Process,
    Sandbox,
    SandboxRefusal,
    Stream,
)


class Traced:
    """A sandbox whose every command is a span; so are those of its forks."""

    def __init__(self, inner: Sandbox, tracer: Tracer) -> None:
        self._inner = inner
        self._tracer = tracer

    @property
    def caps(self) -> Caps:
        """What the inner sandbox enforces."""
        return self._inner.caps

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` inside a span. Only the program's name is recorded: arguments may hold content."""
        program = command.argv[0] if command.argv else ""
        with self._tracer.span(names.SPAN_SANDBOX_EXEC, slipway__sandbox__program=program) as span:
            result = await self._inner.exec(command)
            span.set_attribute("slipway.sandbox.exit_code", result.exit_code)
            span.set_attribute("slipway.sandbox.timed_out", result.timed_out)
        return result

    async def start(self, command: Command) -> Process:
        """The inner sandbox's `start`, with a span for the start alone: its end is the caller's."""
        program = command.argv[0] if command.argv else ""
        with self._tracer.span(names.SPAN_SANDBOX_EXEC, slipway__sandbox__program=program):
            return await self._inner.start(command)

    async def connect(self, port: int) -> Stream:
        """The inner sandbox's `connect`."""
        return await self._inner.connect(port)

    async def listen(self, port: int = 0) -> Listener:
        """The inner sandbox's `listen`."""
        return await self._inner.listen(port)

    async def read(self, path: str) -> bytes:
        """The inner sandbox's `read`."""
        return await self._inner.read(path)

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """The inner sandbox's `read_many`."""
        return await self._inner.read_many(paths)

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """The inner sandbox's `write`."""
        await self._inner.write(files)

    async def remove(self, paths: Sequence[str]) -> None:
        """The inner sandbox's `remove`."""
        await self._inner.remove(paths)

    async def stat(self, path: str) -> Entry:
        """The inner sandbox's `stat`."""
        return await self._inner.stat(path)

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """The inner sandbox's `entries`."""
        return await self._inner.entries(path, deep=deep)

    async def snapshot(self) -> Manifest:
        """The inner sandbox's `snapshot`."""
        return await self._inner.snapshot()

    async def fork(self) -> Sandbox:
        """A traced fork of the inner sandbox."""
        return Traced(await self._inner.fork(), self._tracer)

    async def health(self) -> Health:
        """The inner sandbox's `health`."""
        return await self._inner.health()

    async def close(self) -> None:
        """Close the inner sandbox."""
        await self._inner.close()
