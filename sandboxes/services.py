"""Programs that go on in the background, each in a fork of its own: ending a command ends all of its sandbox."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Self

from .base import Command, ExecResult, Output, Process, Sandbox, SandboxError, SandboxRefusal, Stream

_LOG = 64 << 10
"""Bytes of the log that are kept of a service that runs: its tail."""
_PAUSE = 0.05
_ANSWER = 5.0
"""Seconds that one try of a probe may take."""
_HEAD = 16 << 10
"""Bytes in which an answer's status line has to come."""
_WORDS = 2000
"""Characters of a service's last words in an error."""


@dataclass(frozen=True)
class Probe:
    """What tells that a service is ready: it answers."""

    port: int | None = None
    """On the sandbox's loopback; None: whichever port it listens on first."""
    path: str | None = "/"
    """Asked for over HTTP; None: that it takes a connection is enough."""
    status: range = range(100, 500)
    """The HTTP statuses that count as an answer."""
    seconds: float = 30.0
    """How long it may take to be ready."""


class Service:
    """A program that runs in a sandbox of its own until it is stopped. Used as `async with`, or `close` it."""

    def __init__(self, sandbox: Sandbox, process: Process) -> None:
        self.port = 0
        """Where it answers; 0 until it was probed."""
        self._sandbox = sandbox
        self._process = process
        self._log = bytearray()
        self._written = 0
        self._ended: ExecResult | None = None
        self._following = asyncio.create_task(self._follow())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    @property
    def ended(self) -> ExecResult | None:
        """How it ended, where it did."""
        return self._ended

    async def wait(self) -> ExecResult:
        """How it ended, once it did. SandboxGone where it was closed."""
        await asyncio.shield(self._following)
        assert self._ended is not None
        return self._ended

    def log(self) -> Output:
        """The tail of what it wrote until now, both streams in the order in which they came."""
        return Output(bytes(self._log), self._written)

    async def connect(self, port: int | None = None) -> Stream:
        """A connection to it. SandboxRefusal `not_listening`; SandboxGone."""
        return await self._sandbox.connect(self.port if port is None else port)

    async def answers(self, probe: Probe) -> str:
        """Ask once; empty where it answers as it should, else what is the matter."""
        try:
            async with asyncio.timeout(_ANSWER):
                port = probe.port or await self._listening()
                said = await self._ask(port, probe) if port else "it listens on no port"
        except TimeoutError:
            return f"it does not answer within {_ANSWER:g} s"
        except (SandboxError, ConnectionResetError) as error:
            return str(error)
        if not said:
            self.port = port
        return said

    async def ready(self, probe: Probe) -> None:
        """Wait until it answers. SandboxRefusal `not_ready`, with its last words, where it ends or takes too long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + probe.seconds
        while said := await self.answers(probe):
            if self._following.done():
                raise self._not_ready(f"it ended with exit code {self._ended.exit_code}" if self._ended else said)
            if loop.time() > until:
                raise self._not_ready(f"it was not ready within {probe.seconds:g} s: {said}")
            await asyncio.sleep(_PAUSE)

    async def close(self) -> None:
        """End it, and its sandbox. Harmless twice."""
        await self._sandbox.close()
        with suppress(SandboxError):
            await self._following

    async def _listening(self) -> int:
        return min((await self._sandbox.health()).ports, default=0)

    async def _ask(self, port: int, probe: Probe) -> str:
        stream = await self._sandbox.connect(port)
        try:
            if probe.path is None:
                return ""
            await stream.write(
                f"GET {probe.path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            return _judged(await _head(stream), probe.status)
        finally:
            await stream.close()

    async def _follow(self) -> None:
        async for piece in self._process:
            self._written += len(piece.data)
            self._log += piece.data
            del self._log[: max(0, len(self._log) - _LOG)]
        self._ended = await self._process.wait()

    def _not_ready(self, why: str) -> SandboxRefusal:
        words = self.log().text.strip()[-_WORDS:]
        return SandboxRefusal("not_ready", f"the service is not there: {why}" + (f"\n{words}" if words else ""))


async def serve(sandbox: Sandbox, command: Command, ready: Probe) -> Service:
    """Run `command` in a fork of `sandbox`, and return once it answers.

    Its time is unlimited, whatever `command.timeout` says. SandboxRefusal `not_ready` where it ends or does not answer.
    """
    service = await _started(sandbox, command)
    try:
        await service.ready(ready)
    except BaseException:
        await service.close()
        raise
    return service


async def _started(sandbox: Sandbox, command: Command) -> Service:
    fork = await sandbox.fork()
    try:
        return Service(fork, await fork.start(replace(command, timeout=math.inf)))
    except BaseException:
        await fork.close()
        raise


async def _head(stream: Stream) -> bytes:
    head = b""
    while b"\n" not in head and len(head) < _HEAD and (data := await stream.read()):
        head += data
    return head


def _judged(head: bytes, accepted: range) -> str:
    words = head.split(b"\r\n", 1)[0].split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        return "it does not speak HTTP" if head else "it closes the connection without an answer"
    status = int(words[1])
    return "" if status in accepted else f"it answers with status {status}"
