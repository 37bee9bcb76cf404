from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from .base import SandboxError, Stream
from .services import Service

_PIECE = 65536
_NOT_THERE = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: 30\r\nConnection: close\r\n\r\n"
    b"The service does not answer.\r\n"
)


class Preview:
    """A loopback address of this machine behind which a service of a sandbox answers. `async with`, or `close` it."""

    def __init__(self, server: asyncio.Server, connections: set[asyncio.Task[None]]) -> None:
        self._server = server
        self._connections = connections
        host, port = server.sockets[0].getsockname()[:2]
        self.address = f"http://{host}:{port}/"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Answer no more. The service goes on. Harmless twice."""
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()


async def preview(service: Service, *, port: int = 0) -> Preview:
    """Show `service`, which was probed, on a loopback port of this machine; 0: any free one. OSError: it is taken.

    Whoever can connect to this machine's loopback can use it, and gets what the generated program answers.
    """
    if not service.port:
        raise ValueError("a service is shown once it has answered: await `ready` first")
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _relay(service, reader, writer)
        finally:
            writer.close()

    # A coroutine that the server itself runs is reported as broken when it is cancelled (Python 3.11).
    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    return Preview(await asyncio.start_server(accepted, "127.0.0.1", port), connections)


async def _relay(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        stream = await service.connect()
    except SandboxError:
        writer.write(_NOT_THERE)
        with suppress(OSError):
            await writer.drain()
        return
    sending = asyncio.create_task(_send(reader, stream))
    try:
        with suppress(OSError, SandboxError):
            while data := await stream.read():
                writer.write(data)
                await writer.drain()
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        await stream.close()


async def _send(reader: asyncio.StreamReader, stream: Stream) -> None:
    with suppress(OSError, SandboxError):
        while data := await reader.read(_PIECE):
            await stream.write(data)
        await stream.end()
