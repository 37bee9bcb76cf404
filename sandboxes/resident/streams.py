"""What lasts longer than one call: a command that runs, a connection, a port that the host answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Self

from ..base import ExecResult, Piece, SandboxGone, Terminal
from ..text import readable
from .channel import Channel, Flow, Json, Violation

GRACE = 10.0
"""Seconds that an agent may take beyond a command's own time, to end what the command started."""


class ResidentProcess:
    """See `slipway.sandboxes.base.Process`. One task at a time takes its output, by iteration or by `wait`."""

    def __init__(
        self, channel: Channel, flow: Flow, result: Callable[[Json, bytes], ExecResult], timeout: float | None
    ) -> None:
        self._channel = channel
        self._flow = flow
        self._result = result
        self._ended: ExecResult | None = None
        self._taking = asyncio.Lock()
        self._watch: asyncio.TimerHandle | None = None
        if timeout is not None:
            self._watch = asyncio.get_running_loop().call_later(timeout + GRACE, self._late, timeout + GRACE)

    @property
    def ended(self) -> ExecResult | None:
        """How it ended, once that is known here."""
        return self._ended

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        with suppress(SandboxGone):  # then it has ended, too
            await self.stop()

    def __aiter__(self) -> AsyncIterator[Piece]:
        """Its output, until it ends."""
        return self

    async def __anext__(self) -> Piece:
        """The next piece."""
        piece = await self._next()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def write(self, data: bytes) -> None:
        """Send to its stdin, or type on its terminal."""
        if self._ended is None:
            await self._flow.send(data)

    async def end_input(self) -> None:
        """Close its stdin; on a terminal, type Ctrl-D."""
        self._flow.tell("end")

    async def resize(self, terminal: Terminal) -> None:
        """Tell it a new size of its terminal."""
        self._flow.tell("resize", size=[terminal.rows, terminal.columns])

    async def wait(self) -> ExecResult:
        """How it ended; output that was not iterated over is dropped meanwhile."""
        while await self._next() is not None:
            pass
        assert self._ended is not None
        return self._ended

    async def stop(self) -> ExecResult:
        """End it now, or return how it ended."""
        if self._ended is None:
            self._flow.tell("drop")
        try:
            async with asyncio.timeout(GRACE):
                return await self.wait()
        except TimeoutError:
            late = f"the sandbox did not end a command within {GRACE:g} s and was ended"
            raise await self._channel.end(late) from None

    async def _next(self) -> Piece | None:
        async with self._taking:
            if self._ended is not None:
                return None
            try:
                event, body = await self._flow.next()
            except SandboxGone:
                self._forget()
                raise
            return await self._channel.fitting(lambda: self._read(event, body))

    def _read(self, event: Json, body: bytes) -> Piece | None:
        name = event.get("piece")
        if name in ("stdout", "stderr"):
            return Piece(name, body)
        self._ended = self._result(event["ended"], body)
        self._forget()
        return None

    def _forget(self) -> None:
        self._channel.forget(self._flow)
        if self._watch is not None:
            self._watch.cancel()

    def _late(self, deadline: float) -> None:
        self._ending = asyncio.ensure_future(
            self._channel.end(f"the sandbox did not answer within {deadline:g} s and was ended")
        )


class ResidentStream:
    """See `slipway.sandboxes.base.Stream`."""

    def __init__(self, channel: Channel, flow: Flow) -> None:
        self._channel = channel
        self._flow = flow
        self._gone = ""
        self._done = False

    async def read(self) -> bytes:
        """The next bytes; none at the end."""
        if self._done:
            return b""
        event, body = await self._flow.next()
        if body:
            return body
        await self._channel.fitting(lambda: self._ends(event))
        return b""

    async def write(self, data: bytes) -> None:
        """Send; ConnectionResetError where the program is gone."""
        if self._gone or self._flow.closed:
            raise ConnectionResetError(self._gone or "the program closed the connection")
        await self._flow.send(data)

    async def end(self) -> None:
        """Send nothing more."""
        self._flow.tell("end")

    async def close(self) -> None:
        """Drop the connection."""
        self._done = True
        self._gone = self._gone or "the connection was closed"
        self._flow.close()

    def _ends(self, event: Json) -> None:
        self._done = True
        if "gone" in event:
            self._gone = readable(str(event["gone"])[:200].encode(errors="replace"), 0)
        elif event.get("end") is not True:
            raise Violation("an event that no connection has")


class ResidentListener:
    """See `slipway.sandboxes.base.Listener`."""

    def __init__(self, channel: Channel, flow: Flow, port: int) -> None:
        self.port = port
        self._channel = channel
        self._flow = flow

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._flow.close()

    async def accept(self) -> ResidentStream:
        """The next connection that a program of the sandbox made."""
        event, _ = await self._flow.next()
        flow = await self._channel.fitting(lambda: self._channel.adopted(event["accepted"]))
        return ResidentStream(self._channel, flow)
