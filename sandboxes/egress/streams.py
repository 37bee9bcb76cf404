"""Bytes between a sandbox's stream and a connection of the host, counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ..base import Stream
from .base import EgressLimits, Refused

PIECE = 64 << 10


class Meter:
    """What may still go each way, for all connections of an egress together."""

    def __init__(self, limits: EgressLimits) -> None:
        self._sent = limits.sent
        self._received = limits.received

    def sent(self, size: int) -> None:
        """Count bytes to the outside. Refused where they are too many."""
        self._sent -= size
        if self._sent < 0:
            raise Refused("more was sent to the outside than is allowed")

    def received(self, size: int) -> None:
        """Count bytes from the outside. Refused where they are too many."""
        self._received -= size
        if self._received < 0:
            raise Refused("more was fetched from the outside than is allowed")


class Incoming:
    """What a client sends, in the pieces that a parser wants. EOFError where it ends in the middle of one."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._data = b""

    @property
    def pending(self) -> bool:
        """Whether more has come than was asked for."""
        return bool(self._data)

    async def until(self, mark: bytes, limit: int) -> bytes:
        """Everything up to and with `mark`. Refused where that is over `limit` bytes."""
        while mark not in self._data[:limit]:
            if len(self._data) >= limit:
                raise Refused("a head that is too large", status=431)
            await self._more()
        size = self._data.index(mark) + len(mark)
        return self._take(size)

    async def exactly(self, size: int) -> bytes:
        """The next `size` bytes."""
        while len(self._data) < size:
            await self._more()
        return self._take(size)

    def put_back(self, data: bytes) -> None:
        """Give `data` again, before what comes next."""
        self._data = data + self._data

    async def some(self) -> bytes:
        """What there is, at least one byte; none at the end."""
        if not self._data:
            return await self._stream.read()
        return self._take(len(self._data))

    async def _more(self) -> None:
        piece = await self._stream.read()
        if not piece:
            raise EOFError
        self._data += piece

    def _take(self, size: int) -> bytes:
        taken, self._data = self._data[:size], self._data[size:]
        return taken


async def download(reader: asyncio.StreamReader, size: int | None, idle: float) -> AsyncIterator[bytes]:
    """What an origin sends: `size` bytes, or all. TimeoutError after `idle` seconds without any."""
    left = size
    while left is None or left > 0:
        async with asyncio.timeout(idle):
            piece = await reader.read(PIECE if left is None else min(PIECE, left))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece
