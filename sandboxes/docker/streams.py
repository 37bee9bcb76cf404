"""The attached stream of a container, as a reader of what its PID 1 prints and a writer of what it reads.

The Engine answers an attach by turning the HTTP connection into a raw one (Engine API, "ContainerAttach"): upstream the
bytes of stdin, downstream frames of stdout and stderr. They are taken apart as they arrive, without a task in between.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

from ..base import SandboxUnavailable
from ..resident.frames import FrameReader

Dial = Callable[[Callable[[], "Attachment"]], Awaitable[tuple[asyncio.Transport, "Attachment"]]]
"""Connects to the Engine and hands the connection to the protocol that the given function makes."""

_FRAME = struct.Struct(">BxxxI")
_HEADERS = ("Host: docker", "Connection: Upgrade", "Upgrade: tcp", "Content-Length: 0")
_STDOUT = 1
_ANSWER_LIMIT = 64 << 10
_SAID = 4000
"""Bytes kept of what was printed on stderr."""


class Attachment(asyncio.StreamReaderProtocol):
    """Takes the Engine's answer, then frames."""

    def __init__(self) -> None:
        self.replies = FrameReader()
        super().__init__(self.replies)
        self.answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.said = b""
        """The end of what PID 1 wrote to its standard error."""
        self.over = False
        """The container's side has ended the stream."""
        self._head = b""
        """The start of an answer, or of a frame's header."""
        self._left = 0
        self._stream = 0

    def data_received(self, data: bytes) -> None:
        """Take the answer's lines, then frames."""
        if not self.answered.done():
            self._head += data
            answer, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                if len(self._head) > _ANSWER_LIMIT:
                    self.answered.set_result(b"")
                return
            self._head = b""
            self.answered.set_result(answer)
        view = memoryview(data)
        while view:
            view = self._take(view)

    def _take(self, view: memoryview) -> memoryview:
        if not self._left:
            missing = _FRAME.size - len(self._head)
            self._head += view[:missing]
            if len(self._head) == _FRAME.size:
                self._stream, self._left = _FRAME.unpack(self._head)
                self._head = b""
            return view[missing:]
        piece = view[: self._left]
        self._left -= len(piece)
        if self._stream == _STDOUT:
            super().data_received(bytes(piece))
        else:
            self.said = (self.said + piece)[-_SAID:]
        return view[len(piece) :]

    def eof_received(self) -> bool | None:
        """The stream has ended from the other side."""
        self.over = True
        if not self.answered.done():
            self.answered.set_result(b"")
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come."""
        if not self.answered.done():
            self.answered.set_result(b"")
        super().connection_lost(exc)


async def attach(dial: Dial, path: str, *, deadline: float) -> tuple[Attachment, asyncio.StreamWriter]:
    """The stream behind `path`, an attach request of the Engine API, in at most `deadline` seconds."""
    transport = None
    try:
        async with asyncio.timeout(deadline):
            transport, attachment = await dial(Attachment)
            transport.write("\r\n".join([f"POST {path} HTTP/1.1", *_HEADERS, "", ""]).encode())
            answer = await attachment.answered
    except BaseException as error:
        if transport is not None:
            transport.abort()
        if isinstance(error, OSError):  # a timeout is one, too
            raise SandboxUnavailable(f"the Docker Engine gave no stream ({str(error) or 'too late'})") from None
        raise
    if answer.split(b" ")[1:2] not in ([b"101"], [b"200"]):
        transport.abort()
        said = answer.partition(b"\r\n")[0].decode(errors="replace")
        raise SandboxUnavailable(f"the Docker Engine gave no stream: {said or 'it hung up'}")
    writer = asyncio.StreamWriter(transport, attachment, attachment.replies, asyncio.get_running_loop())
    return attachment, writer
