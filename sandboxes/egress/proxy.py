from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from ..base import Listener, Sandbox, SandboxError, SandboxGone, Stream
from ..text import readable
from .addresses import LookUp, checked, look_up
from .base import Attempt, EgressLimits, Origin, Policy, Refused
from .heads import Request, answer, read_request, read_response
from .streams import Incoming, Meter, download
from .tunnel import both, downwards, greeting, upwards
from .wheels import WHEELS, WheelFolder

_LIMITS = EgressLimits()
_NO_SUCH_NAME = b"\x15\x03\x03\x00\x02\x02\x70"
"""A TLS alert: fatal, unrecognized_name."""


class Egress:
    """An HTTP proxy for one sandbox; see `slipway.sandboxes.egress.base`."""

    def __init__(
        self,
        policy: Policy,
        limits: EgressLimits = _LIMITS,
        *,
        wheels: WheelFolder | None = None,
        look_up: LookUp = look_up,
    ) -> None:
        self._policy = policy
        self._limits = limits
        self._wheels = wheels
        self._look_up = look_up
        self._meter = Meter(limits)
        self._attempts: list[Attempt] = []
        self._served = 0

    @property
    def attempts(self) -> Sequence[Attempt]:
        """What was asked for so far, in order, the first `EgressLimits.attempts` of it."""
        return tuple(self._attempts)

    async def serve(self, listener: Listener) -> None:
        """Answer every connection of `listener`, until cancelled or until the sandbox is gone."""
        slots = asyncio.Semaphore(self._limits.connections)
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                await slots.acquire()
                task = asyncio.create_task(self.handle(await listener.accept()))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda _: slots.release())
        except SandboxGone:
            return
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def handle(self, stream: Stream) -> None:
        """Answer one connection and close it. What the client does wrong is an `Attempt`, never an error."""
        self._served += 1
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._answer(stream)
        except (OSError, EOFError, SandboxError):  # TimeoutError is an OSError
            pass
        finally:
            with suppress(OSError, SandboxError):
                await stream.close()

    async def _answer(self, stream: Stream) -> None:
        incoming = Incoming(stream)
        try:
            request = await self._request(incoming)
        except Refused as error:
            self._note(None, error)
            await stream.write(answer(error.status, str(error)))
            return
        if request.method == "CONNECT":
            await self._tunnel(stream, incoming, request.origin)
        elif request.origin == WHEELS and self._wheels is not None:
            await self._give_wheels(stream, self._wheels, request)
        else:
            await self._forward(stream, request)

    async def _request(self, incoming: Incoming) -> Request:
        if self._served > self._limits.total:
            raise Refused("this sandbox has made too many connections", status=429)
        async with asyncio.timeout(self._limits.greeting):
            head = await incoming.until(b"\r\n\r\n", self._limits.head)
        request = read_request(head)
        if incoming.pending:
            raise Refused("bytes behind the request, before it was answered", status=400)
        return request

    async def _tunnel(self, stream: Stream, incoming: Incoming, origin: Origin) -> None:
        opened = await self._open(stream, origin)
        if opened is None:
            return
        reader, writer = opened
        try:
            await stream.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.timeout(self._limits.greeting):
                hello = await greeting(incoming, origin.host, self._limits.head)
            self._note(origin)
            self._meter.sent(len(hello))
            writer.write(hello)
            up = upwards(incoming, writer, self._meter, origin.host, self._limits.head)
            await both(up, downwards(reader, stream, self._meter, self._limits))
        except Refused as error:
            self._note(origin, error)
            await stream.write(_NO_SUCH_NAME)
        finally:
            writer.close()

    async def _forward(self, stream: Stream, request: Request) -> None:
        opened = await self._open(stream, request.origin)
        if opened is None:
            return
        reader, writer = opened
        try:
            self._note(request.origin)
            text = request.forwarded()
            self._meter.sent(len(text))
            writer.write(text)
            await self._pass_on(stream, reader, request.method)
        except Refused as error:
            self._note(request.origin, error)
        finally:
            writer.close()

    async def _pass_on(self, stream: Stream, reader: asyncio.StreamReader, method: str) -> None:
        try:
            async with asyncio.timeout(self._limits.idle):
                response = read_response(await reader.readuntil(b"\r\n\r\n"), method=method)
        except (Refused, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await stream.write(answer(502, "the registry did not answer in HTTP/1.1"))
            return
        await stream.write(response.head)
        async for piece in download(reader, response.length, self._limits.idle):
            self._meter.received(len(piece))
            await stream.write(piece)

    async def _give_wheels(self, stream: Stream, wheels: WheelFolder, request: Request) -> None:
        try:
            size = wheels.size(request.path) if request.path != "/" else 0
        except Refused as error:
            self._note(request.origin, error)
            await stream.write(answer(error.status, str(error)))
            return
        self._note(request.origin)
        if request.path == "/":
            await stream.write(answer(200, wheels.page(), kind="text/html; charset=utf-8"))
            return
        kind = "Content-Type: application/octet-stream"
        await stream.write(f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode())
        if request.method == "GET":
            async for piece in wheels.read(request.path):
                await stream.write(piece)

    async def _open(self, stream: Stream, origin: Origin) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to `origin`; None where the client was told why there is none."""
        try:
            anywhere = self._policy.anywhere(origin)
            async with asyncio.timeout(self._limits.greeting):
                addresses = checked(origin.host, await self._look_up(origin.host, origin.port), anywhere=anywhere)
            return await self._connect(addresses, origin.port)
        except Refused as error:
            self._note(origin, error)
            await stream.write(answer(error.status, str(error)))
        except OSError as error:
            why = Refused(f"{origin.host!r} cannot be reached ({error.strerror or 'no answer in time'})", status=502)
            self._note(origin, why)
            await stream.write(answer(why.status, str(why)))
        return None

    async def _connect(self, addresses: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the first of `addresses`, checked ones, that answers: no name is looked up a second time."""
        failed: OSError = OSError()
        for address in addresses:
            try:
                async with asyncio.timeout(self._limits.greeting):
                    return await asyncio.open_connection(address, port)
            except OSError as error:
                failed = error
        raise failed

    def _note(self, origin: Origin | None, refused: Refused | None = None) -> None:
        if len(self._attempts) < self._limits.attempts:
            why = readable(str(refused).encode(errors="replace")[:500], 0) if refused else "allowed"
            host, port = (origin.host, origin.port) if origin else ("", 0)
            self._attempts.append(Attempt(host, port, refused is None, why))


@asynccontextmanager
async def open_egress(sandbox: Sandbox, egress: Egress) -> AsyncGenerator[str]:
    """Let `sandbox` out through `egress` while this is open. Gives the proxy's URL, as programs inside see it."""
    async with await sandbox.listen() as listener:
        serving = asyncio.create_task(egress.serve(listener))
        try:
            yield f"http://127.0.0.1:{listener.port}"
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
