"""Where one message of the Redis protocol (RESP2) ends, and what a command says.

https://redis.io/docs/latest/develop/reference/protocol-spec/
"""

from __future__ import annotations

_END = b"\r\n"


class Splitter:
    """Bytes in, as they come; whole messages out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completed."""
        self._buffer += data
        messages: list[bytes] = []
        while (end := _end(self._buffer, 0)) is not None:
            messages.append(bytes(self._buffer[:end]))
            del self._buffer[:end]
        return messages


def _end(buffer: bytearray, start: int) -> int | None:
    """Where the message that starts at `start` ends; None where more must come."""
    stop = buffer.find(_END, start)
    if stop < 0:
        return None
    kind, after = buffer[start : start + 1], stop + 2
    if kind == b"$":
        length = int(buffer[start + 1 : stop])
        end = after if length < 0 else after + length + 2
        return end if end <= len(buffer) else None
    if kind == b"*":
        for _ in range(max(0, int(buffer[start + 1 : stop]))):
            found = _end(buffer, after)
            if found is None:
                return None
            after = found
    return after


def words(message: bytes) -> list[bytes]:
    """The words of a command, which is an array of bulk strings."""
    count, _, rest = message.partition(_END)
    found: list[bytes] = []
    for _ in range(int(count[1:])):
        length, _, rest = rest.partition(_END)
        size = int(length[1:])
        found.append(rest[:size])
        rest = rest[size + 2 :]
    return found


def text(reply: bytes) -> str:
    """A reply's bulk strings, joined by spaces: enough for what a publish answers."""
    return " ".join(line.decode("utf-8", "replace") for line in reply.split(_END) if line and line[:1] not in b"*$")
