"""A TLS connection that is moved unopened between a sandbox and the host that was allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from ..base import Stream
from .base import EgressLimits, Refused
from .hello import CHANGE_CIPHER_SPEC, CLIENT_HELLO, HANDSHAKE, RECORD, check_hello, read_hello, record_length
from .streams import Incoming, Meter, download

_PLAUSIBLE = 1 << 18
"""Bytes; no server takes a larger ClientHello. In TLS 1.2 an encrypted message can stand at the place of the second
one, and its first bytes are random."""


async def greeting(incoming: Incoming, host: str, limit: int) -> bytes:
    """The records of the client's ClientHello, once it is known to ask for `host`; Refused where it does not."""
    records = message = b""
    while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4]):
        header = await incoming.exactly(RECORD)
        fragment = await incoming.exactly(record_length(header))
        records += header + fragment
        message += fragment
        if message[0] != CLIENT_HELLO:
            raise Refused("the tunnel does not begin with a ClientHello")
        if len(records) > limit or int.from_bytes(message[1:4]) > limit:
            raise Refused("the TLS greeting is too large")
    check_hello(read_hello(message), host)
    return records


async def second_flight(incoming: Incoming, host: str, limit: int) -> bytes:
    """The client's next record, with a ChangeCipherSpec before it; b"" where the client ends.

    A server may ask for a second ClientHello (HelloRetryRequest), in which another name could stand: it is checked,
    too. Without early data nothing that a server accepts can come before it.
    """
    passed = b""
    for _ in range(2):
        try:
            header = await incoming.exactly(RECORD)
            start = await incoming.exactly(min(4, int.from_bytes(header[3:5])))
        except EOFError:
            return passed
        incoming.put_back(header + start)
        if header[0] == HANDSHAKE and start[:1] == b"\1" and int.from_bytes(start[1:]) <= _PLAUSIBLE:
            return passed + await greeting(incoming, host, limit)
        if header[0] != CHANGE_CIPHER_SPEC:
            return passed + await incoming.some()
        passed += await incoming.exactly(RECORD + min(int.from_bytes(header[3:5]), 1))
    raise Refused("the TLS greeting is malformed")


async def both(*ways: Awaitable[None]) -> None:
    """Run both ways of a connection until both have ended, or one failed."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def upwards(incoming: Incoming, writer: asyncio.StreamWriter, meter: Meter, host: str, limit: int) -> None:
    """From the client to the server, up to the client's end."""
    piece = await second_flight(incoming, host, limit)
    while piece:
        meter.sent(len(piece))
        writer.write(piece)
        await writer.drain()
        piece = await incoming.some()
    writer.write_eof()


async def downwards(reader: asyncio.StreamReader, stream: Stream, meter: Meter, limits: EgressLimits) -> None:
    """From the server to the client, up to the server's end."""
    async for piece in download(reader, None, limits.idle):
        meter.received(len(piece))
        await stream.write(piece)
    await stream.end()
