"""The name in a TLS ClientHello (RFC 8446, section 4.1.2; RFC 6066, section 3).

A tunnel is only as narrow as the name that its other end is asked for: many names share an address. So the name must be
readable and be the one that was allowed. A ClientHello that hides it (Encrypted ClientHello) or sends data along with
it (early data, which would hide a second ClientHello) is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from .base import Refused

HANDSHAKE, CHANGE_CIPHER_SPEC = 22, 20
CLIENT_HELLO = 1
RECORD = 5
"""Bytes of a record's header."""
RECORD_BYTES = 1 << 14
_SERVER_NAME, _EARLY_DATA = 0, 42
_ENCRYPTED = frozenset({0xFE0D, 0xFE0A, 0xFE09, 0xFE08, 0xFFCE})
"""encrypted_client_hello, its drafts, and ESNI before it."""


@dataclass(frozen=True)
class ClientHello:
    """What a ClientHello says in plain."""

    name: str | None
    """The server's name as it was sent; None where none was."""
    encrypted: bool
    """It carries a second one that cannot be read."""
    early: bool
    """Application data follow at once."""


def record_length(header: bytes) -> int:
    """The length of the plain handshake record with this header of 5 bytes. Refused where it is something else."""
    length = int.from_bytes(header[3:5])
    if header[0] != HANDSHAKE or header[1] != 3 or header[2] > 4 or not 0 < length <= RECORD_BYTES:
        raise Refused("what came through the tunnel is not TLS")
    return length


def read_hello(message: bytes) -> ClientHello:
    """What the whole handshake message `message` says. Refused where it is no ClientHello, or not exactly one."""
    outer = _Cursor(message)
    if outer.number(1) != CLIENT_HELLO:
        raise Refused("the tunnel does not begin with a ClientHello")
    body = _Cursor(outer.vector(3))
    outer.end()
    body.take(2 + 32)
    body.vector(1)
    body.vector(2)
    body.vector(1)
    extensions = _extensions(body)
    name = _server_name(extensions[_SERVER_NAME]) if _SERVER_NAME in extensions else None
    return ClientHello(name, bool(_ENCRYPTED & extensions.keys()), _EARLY_DATA in extensions)


def check_hello(hello: ClientHello, host: str) -> None:
    """Refused unless `hello` asks, readably, for `host`; for an address, that is for no name (RFC 6066)."""
    if hello.encrypted:
        raise Refused("the TLS greeting hides the server's name (Encrypted ClientHello)")
    if hello.early:
        raise Refused("the TLS greeting sends data along (early data)")
    wanted = None if ":" in host or host.rsplit(".", 1)[-1].isdigit() else host
    if wanted is not None and hello.name is None:
        raise Refused("the TLS greeting names no server (no SNI)")
    if (hello.name.lower() if hello.name else None) != wanted:
        raise Refused("the TLS greeting names another server than the request (SNI)")


def _extensions(body: _Cursor) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    if body.left:
        listed = _Cursor(body.vector(2))
        while listed.left:
            kind = listed.number(2)
            if kind in found:
                raise Refused("the TLS greeting holds an extension twice")
            found[kind] = listed.vector(2)
    body.end()
    return found


def _server_name(data: bytes) -> str:
    outer = _Cursor(data)
    names = _Cursor(outer.vector(2))
    outer.end()
    kind, name = names.number(1), names.vector(2)
    names.end()
    if kind != 0 or not name.isascii():
        raise Refused("the TLS greeting names a server in a way that cannot be read")
    return name.decode("ascii")


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._place

    def take(self, size: int) -> bytes:
        if size > self.left:
            raise Refused("the TLS greeting is malformed")
        self._place += size
        return self._data[self._place - size : self._place]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> bytes:
        """A byte string that stands behind its length, which has `size` bytes."""
        return self.take(self.number(size))

    def end(self) -> None:
        if self.left:
            raise Refused("the TLS greeting is malformed")
