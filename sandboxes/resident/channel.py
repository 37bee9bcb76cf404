"""The host's end of the frames that it exchanges with a sandbox's agent (see `slipway.sandboxes.agent.wire`).

Code that got hold of the agent could send anything, so every frame is bounded, every reply is parsed into a type, and
the first thing that does not fit ends the sandbox. Every call has a deadline; a call that is late or cancelled ends it
too, because nobody knows any more what its agent is doing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from ..base import CODES, SandboxGone, SandboxRefusal
from ..text import readable
from .frames import BODY_LIMIT, HEAD, HEADER_LIMIT, FrameReader, Frames, Json, Violation

T = TypeVar("T")

WINDOW = 256 << 10
"""Bytes that a stream may send in each direction before it is given credit for more."""
OVERHEAD = 64
"""Bytes of credit that each event costs beside its own."""
_SLACK = 4 << 20
"""Bytes beyond its credit that a stream may send: what was in a command's pipes when it ended."""
_LEAVING = 10.0
"""Seconds that whoever waits for a sandbox waits for its end."""
_SMALL = 32 << 10
"""Bytes of a request that need not wait for the one before to have left."""
_PIECE = 256 << 10
_UNASKED = 1000
"""Frames, and KiB in them, that belong to nothing; some arrive late, many are an attack."""
_LATE = (WINDOW + WINDOW // OVERHEAD * 1024) >> 10
"""The same, of a stream that was dropped: what it had credit for."""
_EVENT = 16 << 10
"""Bytes of an event's header."""


class Life(Protocol):
    """The processes behind a channel."""

    def kill(self) -> None:
        """Begin to end them; returns at once."""
        ...

    async def ended(self) -> str:
        """Wait until they are gone; what they left on their standard error."""
        ...


class Channel:
    """Calls to one agent, and the streams beside them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, life: Life) -> None:
        self.life = life
        self._reader = reader
        self._writer = writer
        self._count = 0
        self._waiting: dict[int, asyncio.Future[tuple[Json, bytes]]] = {}
        self._flows: dict[int, Flow] = {}
        self._unasked = 0
        self._unasked_limit = _UNASKED
        self._gone = ""
        self._ending: asyncio.Future[SandboxGone] | None = None
        self._frames = Frames()
        self._pumping: asyncio.Task[None] | None = None

    async def hello(self, *, deadline: float) -> Json:
        """What the agent says of itself when it is ready. SandboxGone where it does not come up in time."""
        greeting: asyncio.Future[tuple[Json, bytes]] = asyncio.get_running_loop().create_future()
        self._waiting[0] = greeting
        self._listen()
        try:
            async with asyncio.timeout(deadline):
                hello, _ = await greeting
        except TimeoutError:
            raise await self.end(_late(deadline)) from None
        except asyncio.CancelledError:
            self.life.kill()
            raise
        finally:
            self._waiting.pop(0, None)
        if hello.get("hello") != 1:
            raise await self.end(_reason(Violation("no greeting")))
        return hello

    async def call(self, request: Json, parse: Callable[[Json, bytes], T], *, body: bytes = b"", deadline: float) -> T:
        """Send `request` and return its reply as `parse` reads it.

        `deadline` is in seconds. `parse` raises ValueError, KeyError or TypeError for a reply that does not fit.
        SandboxRefusal: the agent's answer; SandboxGone: there will be none.
        """
        if self._gone:
            raise SandboxGone(self._gone)
        self._count += 1
        number = self._count
        text = json.dumps({**request, "id": number}).encode()
        if len(text) > HEADER_LIMIT or len(body) > BODY_LIMIT:
            raise SandboxRefusal("too_large", f"the request has {len(text) + len(body)} bytes; send less at once")
        answer: asyncio.Future[tuple[Json, bytes]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(deadline):
                self._send(text, body)
                if len(body) > _SMALL:
                    with suppress(OSError):  # the reading end tells why
                        await self._writer.drain()
                reply, data = await answer
        except TimeoutError:
            raise await self.end(_late(deadline)) from None
        except asyncio.CancelledError:
            self._gone = self._gone or "the sandbox was ended because a call to it was cancelled"
            self.life.kill()
            raise
        finally:
            self._waiting.pop(number, None)
        return await self.fitting(lambda: _answered(reply, data, parse))

    async def fitting(self, read: Callable[[], T]) -> T:
        """What `read` makes of something that the agent sent; where that does not fit, the sandbox ends."""
        try:
            return read()
        except (ValueError, KeyError, TypeError) as error:
            raise await self.end(_reason(Violation(f"a reply that does not fit ({type(error).__name__})"))) from error
        except Violation as error:
            raise await self.end(_reason(error)) from error

    def flow(self) -> Flow:
        """A new stream."""
        self._count += 1
        return self._new(self._count)

    def adopt(self, number: object) -> None:
        """Take a stream that the agent began, which numbers its own downwards from -1."""
        if type(number) is not int or not -_UNASKED * _UNASKED < number < 0 or number in self._flows:
            raise Violation("a connection without a number of its own")
        if len(self._flows) > _UNASKED:
            raise Violation("more connections than it may have")
        self._new(number)

    def adopted(self, number: int) -> Flow:
        """A stream that the agent began. KeyError where it did not."""
        return self._flows[number]

    def _new(self, number: int) -> Flow:
        flow = Flow(number, self)
        if self._gone:
            flow.fail(SandboxGone(self._gone))
        self._flows[number] = flow
        return flow

    def forget(self, flow: Flow) -> None:
        """Expect nothing more of a stream, but what is under way."""
        if self._flows.pop(flow.number, None) is not None:
            self._unasked_limit += _LATE

    def tell(self, event: Json, body: bytes = b"") -> None:
        """Send an event of a stream; one that is for nobody any more is no error."""
        if not self._gone:
            self._send(json.dumps(event).encode(), body)

    async def close(self) -> None:
        """End the sandbox and wait for it. Closing twice is harmless."""
        await self.end("the sandbox was closed")

    async def end(self, reason: str) -> SandboxGone:
        """End the sandbox, wait for it, and return what everybody is told who still waits for it."""
        self._begin_end(reason)
        assert self._ending is not None
        return await asyncio.shield(self._ending)

    async def _end(self) -> SandboxGone:
        self._writer.close()
        self.life.kill()
        leaving = asyncio.ensure_future(self.life.ended())
        done, _ = await asyncio.wait([leaving], timeout=_LEAVING)
        said = leaving.result() if done else "it is not known to be gone yet"
        gone = SandboxGone(f"{self._gone}: {said}" if said else self._gone)
        if self._pumping is not None:
            self._pumping.cancel()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(gone)
        for flow in self._flows.values():
            flow.fail(gone)
        self._flows.clear()
        return gone

    def _send(self, text: bytes, body: bytes) -> None:
        self._writer.write(HEAD.pack(len(text), len(body)) + text)
        if body:
            self._writer.write(body)

    def _listen(self) -> None:
        if isinstance(self._reader, FrameReader):
            self._reader.listen(self._feed, self._over)
        else:
            self._pumping = asyncio.create_task(self._pump(self._reader))

    async def _pump(self, reader: asyncio.StreamReader) -> None:
        try:
            while data := await reader.read(_PIECE):
                self._feed(data)
        except OSError as error:
            self._over(error)
        else:
            self._over(None)

    def _feed(self, data: bytes) -> None:
        if self._gone:
            return
        try:
            for header, body, size in self._frames.feed(data):
                self._take(header, body, size)
        except Violation as error:
            self._begin_end(_reason(error))

    def _over(self, error: Exception | None) -> None:
        self._begin_end("the sandbox ended" if error is None else _reason(error))

    def _begin_end(self, reason: str) -> None:
        self._gone = self._gone or reason
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end())

    def _take(self, header: Json, body: bytes, size: int) -> None:
        answer = self._waiting.get(_number(header, "id"))
        flow = self._flows.get(_number(header, "stream"))
        if answer is not None and not answer.done():
            answer.set_result((header, body))
        elif flow is not None:
            if size - len(body) > _EVENT:
                raise Violation("an event with a header that is too long")
            flow.take(header, body)
        else:
            self._unasked += 1 + (size >> 10)
            if self._unasked > self._unasked_limit:
                raise Violation("answers to what was never asked")


class Flow:
    """One stream: events in, bytes out as far as there is credit. One reader and one writer at a time."""

    def __init__(self, number: int, channel: Channel) -> None:
        self.number = number
        self._channel = channel
        self._events: deque[tuple[Json, bytes]] = deque()
        self._held = self._taken = 0
        self._credit = WINDOW
        self._sent = 0
        """Bytes for which no credit came back yet; no more than that may come."""
        self.closed = False
        """The other side reads no more."""
        self._gone: SandboxGone | None = None
        self._arrived = asyncio.Event()
        self._allowed = asyncio.Event()

    def take(self, event: Json, body: bytes) -> None:
        """What the agent sent. Violation where it sends more than it was given credit for."""
        credit = event.get("credit")
        if credit is not None:
            if type(credit) is not int or not 0 < credit <= self._sent:
                raise Violation("a credit that does not fit")
            self._sent -= credit
            self._credit += credit
            self._allowed.set()
            return
        if "accepted" in event:
            self._channel.adopt(event["accepted"])
        if "gone" in event or "ended" in event:
            self.closed = True
            self._allowed.set()
        self._held += len(body) + OVERHEAD
        if self._held > WINDOW + _SLACK:
            raise Violation("a stream that sends more than it may")
        self._events.append((event, body))
        self._arrived.set()

    def fail(self, gone: SandboxGone) -> None:
        """There will be nothing more, and this is why."""
        self._gone = gone
        self._arrived.set()
        self._allowed.set()

    async def next(self) -> tuple[Json, bytes]:
        """The next event. SandboxGone once all that came are taken and the sandbox is gone."""
        while not self._events:
            if self._gone is not None:
                raise SandboxGone(str(self._gone))
            self._arrived.clear()
            await self._arrived.wait()
        event, body = self._events.popleft()
        self._held -= len(body) + OVERHEAD
        self._taken += len(body) + OVERHEAD
        if self._taken >= WINDOW // 4:
            self.tell("credit", bytes=self._taken)
            self._taken = 0
        return event, body

    async def send(self, data: bytes) -> None:
        """Send bytes, as the other side takes them; what it reads no more is dropped."""
        left = memoryview(data)
        while left and not self.closed:
            if self._gone is not None:
                raise SandboxGone(str(self._gone))
            if self._credit <= 0:
                self._allowed.clear()
                await self._allowed.wait()
                continue
            count = min(len(left), self._credit, 65536)
            self._credit -= count
            self._sent += count
            self.tell("data", bytes(left[:count]))
            left = left[count:]

    def tell(self, op: str, body: bytes = b"", **fields: object) -> None:
        """Send an event."""
        self._channel.tell({"stream": self.number, "op": op, **fields}, body)

    def close(self) -> None:
        """Drop the stream on both sides."""
        self.tell("drop")
        self._channel.forget(self)


def _number(header: Json, name: str) -> int:
    number = header.get(name)
    return number if type(number) is int else 0


def _answered(reply: Json, data: bytes, parse: Callable[[Json, bytes], T]) -> T:
    if "error" in reply:
        raise _refusal(reply["error"])
    return parse(reply, data)


def _refusal(error: object) -> SandboxRefusal:
    return SandboxRefusal(*refused(error))


def refused(error: object) -> tuple[str, str]:
    """The code and the message of a refusal that the agent sent. Violation where it is none."""
    match error:
        case [str(code), str(message)] if code in CODES:
            return code, readable(message[:2000].encode(errors="replace"), 0)
        case _:
            raise Violation("an error that does not fit")


def _late(deadline: float) -> str:
    return f"the sandbox did not answer within {deadline:g} s and was ended"


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return f"the sandbox is gone ({error.strerror})"
        case _:
            return f"the sandbox broke its protocol and was ended: {error}"
