"""An egress in front of real sockets: clients speak to it over socket pairs, it speaks to servers on loopback."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from slipway.sandboxes.egress import Egress

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class SocketStream:
    """A `Stream` over a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read(self) -> bytes:
        return await self.reader.read(65536)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def end(self) -> None:
        self.writer.write_eof()

    async def close(self) -> None:
        self.writer.close()


@dataclass
class Client:
    """The end of a socket pair that a program of the sandbox would hold."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    served: asyncio.Task[None]

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> str:
        return (await self.reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0]

    async def rest(self) -> bytes:
        return await self.reader.read()

    async def tls(self, name: str | None) -> None:
        await self.writer.start_tls(nameless(ssl.PROTOCOL_TLS_CLIENT), server_hostname=name)


def nameless(side: int) -> ssl.SSLContext:
    """TLS between ends that show no certificate: what is tested is the tunnel, not who stands at its end."""
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH:ADH:@SECLEVEL=0")
    return context


@dataclass
class Server:
    """A server on loopback that notes what it is sent."""

    port: int
    got: list[bytes] = field(default_factory=list)


@pytest.fixture
async def client() -> AsyncIterator[Callable[[Egress], Awaitable[Client]]]:
    """Connects to an egress as a sandbox's program does."""
    async with AsyncExitStack() as stack:

        async def connect(egress: Egress) -> Client:
            ours, theirs = socket.socketpair()
            served = asyncio.create_task(egress.handle(SocketStream(*await asyncio.open_connection(sock=theirs))))
            reader, writer = await asyncio.open_connection(sock=ours)

            async def end() -> None:
                writer.close()
                served.cancel()
                await asyncio.gather(served, return_exceptions=True)

            stack.push_async_callback(end)
            return Client(reader, writer, served)

        yield connect


@pytest.fixture
async def server() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Starts servers: one that gives `reply` to each request head, or echoes; over TLS where asked."""
    async with AsyncExitStack() as stack:

        async def start(reply: bytes | None = None, *, tls: bool = False) -> Server:
            made = Server(0)

            async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    if reply is not None:
                        made.got.append(await reader.readuntil(b"\r\n\r\n"))
                        writer.write(reply)
                    else:
                        while data := await reader.read(65536):
                            made.got.append(data)
                            writer.write(data)
                    await writer.drain()
                except (OSError, asyncio.IncompleteReadError):
                    pass
                finally:
                    writer.close()

            context = nameless(ssl.PROTOCOL_TLS_SERVER) if tls else None
            listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
            stack.callback(listening.close)
            made.port = listening.sockets[0].getsockname()[1]
            return made

        yield start
