"""Frames: header length and body length (two big-endian 32-bit numbers), a JSON header, raw bytes.

The host asks (`id`, `op`) and gets one reply with that `id`. Beside that, each side may send events of a stream
(`stream`): the output of a command, a connection. Bytes of a stream are sent only as far as the other side gave credit.
"""

from __future__ import annotations

import json
import os
import select
import struct
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Reply = tuple[Json, bytes]

HEAD = struct.Struct(">II")
PIECE = 8 << 20
"""Bytes of file contents in one frame of a copy."""
PAGE = 1 << 20
"""About how much JSON one page of a listing holds."""
WINDOW = 256 << 10
"""Bytes that a stream may send in each direction before it is given credit for more."""
OVERHEAD = 64
"""Bytes of credit that each event costs beside its own: many small ones are a burden, too."""


class Refusal(Exception):
    """A request that cannot be met; the host raises it as `SandboxRefusal`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Channel:
    """Frames over two descriptors; the process ends when the other side is gone."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink

    def receive(self) -> tuple[Json, bytes]:
        """The next frame."""
        header_size, body_size = HEAD.unpack(self._exactly(HEAD.size))
        return json.loads(self._exactly(header_size)), self._exactly(body_size)

    def send(self, header: Json, body: bytes = b"") -> None:
        """Send a reply or an event."""
        text = json.dumps(header).encode()
        left = memoryview(HEAD.pack(len(text), len(body)) + text + body)
        while left:
            left = left[os.write(self.sink, left) :]

    def _exactly(self, size: int) -> bytes:
        data = os.read(self.source, min(size, 1 << 20)) if size else b""
        if len(data) == size:
            return data
        whole = bytearray(data)
        while len(whole) < size:
            if not data:
                os._exit(0)
            data = os.read(self.source, min(size - len(whole), 1 << 20))
            whole += data
        return bytes(whole)


def private_channel(life: int | None) -> Channel:
    """Move the channel off the descriptors that commands inherit, and close whatever else was handed down."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open("/dev/null", os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in (source, sink, life):
            try:
                os.close(int(name))
            except OSError:
                continue  # the listing's own descriptor
    if life is not None:
        os.set_inheritable(life, False)
    return Channel(source, sink)


class Loop:
    """Calls a function for each descriptor that is ready, and one at each tick."""

    def __init__(self) -> None:
        self.poll = select.epoll()
        self.ready: dict[int, Callable[[], None]] = {}

    def watch(self, descriptor: int, events: int, act: Callable[[], None]) -> None:
        """Call `act` whenever `descriptor` shows one of `events`, or is hung up."""
        self.ready[descriptor] = act
        self.poll.register(descriptor, events)

    def change(self, descriptor: int, events: int) -> None:
        """Look for other events."""
        self.poll.modify(descriptor, events)

    def forget(self, descriptor: int) -> None:
        """Look at `descriptor` no more; harmless twice."""
        if self.ready.pop(descriptor, None) is not None:
            self.poll.unregister(descriptor)

    def turn(self, seconds: float) -> None:
        """Wait at most that long (for ever where negative), and act on what is ready."""
        for descriptor, _ in self.poll.poll(seconds):
            act = self.ready.get(descriptor)  # an earlier one may have forgotten it
            if act is not None:
                act()
