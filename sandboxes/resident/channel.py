"""The host's end of the frames that it exchanges with a sandbox's agent (see `agent.py`).

Code that got hold of the agent could send anything, so every frame is bounded, every reply is parsed into a type, and
the first thing that does not fit ends the sandbox. Every call has a deadline; a call that is late or cancelled ends it
too, because nobody knows any more what its agent is doing.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from ..base import SandboxError, SandboxGone, SandboxRefusal
from ..text import readable

Json = dict[str, Any]
T = TypeVar("T")

HEAD = struct.Struct(">II")
HEADER_LIMIT = 4 << 20
BODY_LIMIT = (64 << 20) + (1 << 16)
"""The largest file that moves in one frame is 64 MiB."""
CODES = frozenset({
    "file_not_found", "is_directory", "not_a_file", "outside_workspace", "no_space", "too_large", "bad_request",
})  # fmt: skip


class Life(Protocol):
    """The processes behind a channel."""

    def kill(self) -> None:
        """Begin to end them; returns at once."""
        ...

    async def ended(self) -> str:
        """Wait until they are gone; what they left on their standard error."""
        ...


class Violation(SandboxError):
    """The agent broke the protocol."""


class Channel:
    """Calls to one agent, one at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, life: Life) -> None:
        self._reader = reader
        self._writer = writer
        self._life = life
        self._lock = asyncio.Lock()
        self._count = 0
        self._gone = ""

    async def hello(self, *, deadline: float) -> Json:
        """What the agent says of itself when it is ready. SandboxGone where it does not come up in time."""
        return await self._guarded(self._receive_hello(), deadline)

    async def call(self, request: Json, parse: Callable[[Json, bytes], T], *, body: bytes = b"", deadline: float) -> T:
        """Send `request` and return its reply as `parse` reads it.

        `deadline` is in seconds. `parse` raises ValueError, KeyError or TypeError for a reply that does not fit.
        SandboxRefusal: the agent's answer; SandboxGone: there will be none.
        """
        async with self._lock:
            if self._gone:
                raise SandboxGone(self._gone)
            self._count += 1
            text = json.dumps({**request, "id": self._count}).encode()
            if len(text) > HEADER_LIMIT or len(body) > BODY_LIMIT:
                raise SandboxRefusal("too_large", f"the request has {len(text) + len(body)} bytes; send less at once")
            return await self._guarded(self._exchange(text, body, parse), deadline)

    async def close(self) -> None:
        """End the sandbox and wait for it. Closing twice is harmless."""
        self._gone = self._gone or "the sandbox was closed"
        self._writer.close()
        self._life.kill()
        await self._life.ended()

    async def _guarded(self, exchange: Any, deadline: float) -> Any:
        try:
            async with asyncio.timeout(deadline):
                return await exchange
        except TimeoutError:
            raise await self._end(f"the sandbox did not answer within {deadline:g} s and was ended") from None
        except asyncio.IncompleteReadError:
            raise await self._end("the sandbox ended") from None
        except OSError as error:
            raise await self._end(f"the sandbox is gone ({error.strerror})") from None
        except Violation as error:
            raise await self._end(f"the sandbox broke its protocol and was ended: {error}") from None
        except asyncio.CancelledError:
            self._gone = "the sandbox was ended because a call to it was cancelled"
            self._life.kill()
            raise

    async def _end(self, reason: str) -> SandboxGone:
        self._gone = self._gone or reason
        self._writer.close()
        self._life.kill()
        said = await self._life.ended()
        return SandboxGone(f"{self._gone}: {said}" if said else self._gone)

    async def _exchange(self, text: bytes, body: bytes, parse: Callable[[Json, bytes], T]) -> T:
        self._writer.write(HEAD.pack(len(text), len(body)) + text)
        self._writer.write(body)
        await self._writer.drain()
        while True:
            reply, data = await self._receive()
            if reply.get("id") == self._count:
                break
        if "error" in reply:
            raise _refusal(reply["error"])
        try:
            return parse(reply, data)
        except (ValueError, KeyError, TypeError) as error:
            raise Violation(f"a reply that does not fit ({type(error).__name__})") from error

    async def _receive_hello(self) -> Json:
        hello, _ = await self._receive()
        if hello.get("hello") != 1:
            raise Violation("no greeting")
        return hello

    async def _receive(self) -> tuple[Json, bytes]:
        header_size, body_size = HEAD.unpack(await self._reader.readexactly(HEAD.size))
        if header_size > HEADER_LIMIT or body_size > BODY_LIMIT:
            raise Violation(f"a frame of {header_size} + {body_size} bytes")
        text = await self._reader.readexactly(header_size)
        body = await self._reader.readexactly(body_size)
        try:
            header: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Violation("a header that is not JSON") from error
        if not isinstance(header, dict):
            raise Violation("a header that is no object")
        return cast(Json, header), body


def _refusal(error: object) -> SandboxRefusal:
    match error:
        case [str(code), str(message)] if code in CODES:
            return SandboxRefusal(code, readable(message[:2000].encode(errors="replace"), 0))
        case _:
            raise Violation("an error that does not fit")
