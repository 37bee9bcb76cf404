"""Connections between the host and programs of the sandbox, over its loopback; bytes only, nothing is parsed here."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from .limits import proc_text
from .wire import OVERHEAD, WINDOW, Json, Loop, Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

MOST = 256
"""Connections at a time."""
Send = Callable[[Json, bytes], None]


class Link:
    """One connection. It is read as far as there is credit, and says how much of what it was sent is gone."""

    def __init__(self, links: Links, number: int, sock: socket.socket) -> None:
        self.links = links
        self.number = number
        self.sock = sock
        self.descriptor = sock.fileno()
        self.credit = WINDOW
        self.pending = bytearray()
        self.done_reading = self.ending = self.ended = False
        sock.setblocking(False)
        self.look()

    def look(self) -> None:
        """Wait for what can be done next."""
        wanted = select.EPOLLIN if self.credit > 0 and not self.done_reading else 0
        wanted |= select.EPOLLOUT if self.pending or (self.ending and not self.ended) else 0
        self.links.loop.forget(self.descriptor)  # without a wish, a hang-up would wake us for ever
        if wanted:
            self.links.loop.watch(self.descriptor, wanted, self._ready)

    def give(self, data: bytes) -> None:
        """Send to the program."""
        self.pending += data
        self._ready()

    def end(self) -> None:
        """Send nothing more than what is pending."""
        self.ending = True
        self._ready()

    def allow(self, count: int) -> None:
        """Credit for more."""
        self.credit += count
        self.look()

    def drop(self) -> None:
        """Close the connection."""
        self.links.loop.forget(self.descriptor)
        self.links.open.pop(self.number, None)
        self.sock.close()

    def _ready(self) -> None:
        try:
            self._flush()
            self._take()
        except BlockingIOError:
            pass
        except OSError as error:
            self._tell({"gone": os.strerror(error.errno or 0)})
            self.drop()
            return
        if self.done_reading and self.ended:
            self.drop()
            return
        self.look()

    def _flush(self) -> None:
        sent = 0
        try:
            while self.pending:
                count = self.sock.send(memoryview(self.pending)[:65536])
                del self.pending[:count]
                sent += count
        except BlockingIOError:
            pass
        if sent:
            self._tell({"credit": sent})
        if self.ending and not self.ended and not self.pending:
            self.ended = True
            self.sock.shutdown(1)

    def _take(self) -> None:
        if self.done_reading or self.credit <= 0:
            return
        data = self.sock.recv(min(65536, self.credit))
        if data:
            self.credit -= len(data) + OVERHEAD
            self._tell({}, data)
        else:
            self.done_reading = True
            self._tell({"end": True})

    def _tell(self, event: Json, body: bytes = b"") -> None:
        self.links.send({"stream": self.number, **event}, body)


class Links:
    """The connections of this sandbox, and the ports that the host answers."""

    def __init__(self, loop: Loop, send: Send) -> None:
        self.loop = loop
        self.send = send
        self.open: dict[int, Link] = {}
        self.ports: dict[int, socket.socket] = {}
        self.accepted = 0

    def connect(self, number: int, port: int) -> None:
        """Connect to a program."""
        import socket  # 5 ms that a sandbox without connections does not need

        self._room()
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.settimeout(2)
            try:
                sock.connect((host, port))
            except OSError:
                sock.close()
                continue
            self.open[number] = Link(self, number, sock)
            return
        raise Refusal("not_listening", f"no program of the sandbox answers on port {port}")

    def listen(self, number: int, port: int) -> int:
        """Answer on a port; which one."""
        import socket

        self._room()
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
            sock.listen(64)
        except OSError as error:
            sock.close()
            raise Refusal("bad_request", f"port {port}: {error.strerror}") from None
        sock.setblocking(False)
        self.ports[number] = sock
        self.loop.watch(sock.fileno(), select.EPOLLIN, lambda: self._accept(number))
        return int(sock.getsockname()[1])

    def drop(self, number: int) -> None:
        """Close a connection or a port; harmless where it is gone."""
        if number in self.open:
            self.open[number].drop()
        elif number in self.ports:
            sock = self.ports.pop(number)
            self.loop.forget(sock.fileno())
            sock.close()

    def own(self) -> set[int]:
        """The ports that the host answers."""
        return {int(sock.getsockname()[1]) for sock in self.ports.values()}

    def _accept(self, number: int) -> None:
        try:
            sock, _ = self.ports[number].accept()
        except OSError:
            return
        if len(self.open) >= MOST:
            sock.close()
            return
        self.accepted -= 1
        self.send({"stream": number, "accepted": self.accepted}, b"")
        self.open[self.accepted] = Link(self, self.accepted, sock)

    def _room(self) -> None:
        if len(self.open) + len(self.ports) >= MOST:
            raise Refusal("busy", f"there are {MOST} connections already; close some")


def listening() -> set[int]:
    """The TCP ports on which programs listen, from proc(5): state 0A."""
    found: set[int] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in proc_text(table).splitlines()[1:]:
            local, state = line.split()[1:4:2]
            if state == "0A":
                found.add(int(local.rpartition(":")[2], 16))
    return found
