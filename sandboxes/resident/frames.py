"""Frames as they arrive, without a task in between: each wake-up of one costs as much as a frame takes to read."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any, SupportsIndex, cast

from ..base import SandboxError

Json = dict[str, Any]

HEAD = struct.Struct(">II")
HEADER_LIMIT = 4 << 20
BODY_LIMIT = (64 << 20) + (1 << 16)
"""The largest file that moves in one frame is 64 MiB."""


class Violation(SandboxError):
    """The agent broke the protocol."""


class Frames:
    """Puts frames together from the pieces in which they arrive, and bounds them."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._sizes: tuple[int, int] | None = None

    def feed(self, data: bytes) -> Iterator[tuple[Json, bytes, int]]:
        """The frames that `data` completes, each with its size. Violation where one is too large, or no JSON object."""
        self._data += data
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> tuple[Json, bytes, int] | None:
        if self._sizes is None:
            if len(self._data) < HEAD.size:
                return None
            self._sizes = HEAD.unpack_from(self._data)
            if self._sizes[0] > HEADER_LIMIT or self._sizes[1] > BODY_LIMIT:
                raise Violation(f"a frame of {self._sizes[0]} + {self._sizes[1]} bytes")
        header_end = HEAD.size + self._sizes[0]
        end = header_end + self._sizes[1]
        if len(self._data) < end:
            return None
        with memoryview(self._data) as view:
            text, body = bytes(view[HEAD.size : header_end]), bytes(view[header_end:end])
        del self._data[:end]
        self._sizes = None
        return _object(text), body, end


class FrameReader(asyncio.StreamReader):
    """What a transport fills in the place of a `StreamReader`: it hands on to who listens, and never to a `read`.

    Nothing slows the sender: what a channel has to hold of a sandbox is bounded by its frames and by the credit of its
    streams, beyond which the sandbox is ended.
    """

    def __init__(self) -> None:
        super().__init__()
        self._early = bytearray()
        self._take: Callable[[bytes], None] | None = None
        self._finish: Callable[[Exception | None], None] | None = None
        self._over: list[Exception | None] = []

    def listen(self, take: Callable[[bytes], None], finish: Callable[[Exception | None], None]) -> None:
        """Call `take` with what is there and what comes, and `finish` at the end, with the reason if there is one."""
        self._take, self._finish = take, finish
        if self._early:
            take(bytes(self._early))
            self._early.clear()
        for reason in self._over[:1]:
            finish(reason)

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """From the transport: bytes."""
        if self._take is None:
            self._early += bytes(data)
        else:
            self._take(bytes(data))

    def feed_eof(self) -> None:
        """From the transport: the end."""
        self._end(None)

    def set_exception(self, exc: Exception) -> None:
        """From the transport: the end, and why."""
        self._end(exc)

    def _end(self, reason: Exception | None) -> None:
        self._over.append(reason)
        if self._finish is not None and len(self._over) == 1:
            self._finish(reason)


def _object(text: bytes) -> Json:
    try:
        header: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Violation("a header that is not JSON") from error
    if not isinstance(header, dict):
        raise Violation("a header that is no object")
    return cast(Json, header)
