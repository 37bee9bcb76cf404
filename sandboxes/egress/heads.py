"""The heads of HTTP/1.1 messages (RFC 9112), read strictly: what two parsers could read differently is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .base import NAME, Origin, Refused

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e]*")
_AUTHORITY = re.compile(r"(?:([A-Za-z0-9._-]{1,253})|\[([0-9A-Fa-f:.]{2,45})\])(?::([0-9]{1,5}))?")
_URL = re.compile(r"http://([^/?#]+)(/[^#]*)?", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.[01] ([2-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?")
_HEADERS = 100
_FORWARDED = frozenset({
    "accept", "accept-encoding", "cache-control", "if-modified-since", "if-none-match", "range", "user-agent",
})  # fmt: skip
"""Headers of a request that go on; the others could change what its end is, or whose it is."""
_HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authentication-info", "upgrade",
    "trailer", "te",
})  # fmt: skip

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """What a client asks the proxy for."""

    method: str
    """`CONNECT`, `GET` or `HEAD`."""
    origin: Origin
    path: str
    """"" for CONNECT."""
    headers: Headers = ()

    def forwarded(self) -> bytes:
        """The request as its origin gets it."""
        kept = [f"{name}: {value}" for name, value in self.headers if name in _FORWARDED]
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {_authority(self.origin)}", "Connection: close", *kept]
        return "\r\n".join([*lines, "", ""]).encode("ascii")


@dataclass(frozen=True)
class Response:
    """The head of what an origin answered."""

    status: int
    head: bytes
    """As the client gets it."""
    length: int | None
    """Bytes of the body; None: until the connection ends."""


def read_request(head: bytes) -> Request:
    """What the head `head`, up to and with its empty line, asks for. Refused with status 400 or 405."""
    line, headers = _split(head)
    parts = line.split(b" ")
    # Python before 3.12 asks for tunnels in HTTP/1.0.
    if len(parts) != 3 or parts[2] not in ((b"HTTP/1.0", b"HTTP/1.1") if parts[0] == b"CONNECT" else (b"HTTP/1.1",)):
        raise Refused("not a request of HTTP/1.1", status=400)
    if not _TOKEN.fullmatch(parts[0]):
        raise Refused("not a request of HTTP/1.1", status=400)
    if not re.fullmatch(rb"[\x21-\x7e]+", parts[1]):
        raise Refused("a target that is not plain ASCII", status=400)
    method, target = parts[0].decode("ascii"), parts[1].decode("ascii")
    _no_body(headers)
    if method == "CONNECT":
        return _connect(target, headers)
    if method not in ("GET", "HEAD"):
        raise Refused(f"the method {method!r} is not allowed, only CONNECT, GET and HEAD", status=405)
    return _get(method, target, headers)


def read_response(head: bytes, *, method: str) -> Response:
    """What an origin's head says. Refused with status 502 where it cannot be understood."""
    try:
        line, headers = _split(head, value=re.compile(rb"[\t\x20-\x7e\x80-\xff]*"))
    except Refused as error:
        raise Refused(f"the origin answered with {error}", status=502) from None
    status = _STATUS.fullmatch(line)
    if status is None:
        raise Refused("the origin did not answer in HTTP/1.1", status=502)
    code = int(status[1])
    named = {name for value in _all(headers, "connection") for name in value.lower().replace(" ", "").split(",")}
    kept = [f"{name}: {value}" for name, value in headers if name not in _HOP_BY_HOP | named]
    text = "\r\n".join([line.decode("latin-1"), *kept, "Connection: close", "", ""]).encode("latin-1")
    return Response(code, text, 0 if method == "HEAD" or code in (204, 304) else _length(headers))


def answer(status: int, text: str, *, kind: str = "text/plain; charset=utf-8") -> bytes:
    """A whole response of the proxy's own; clients show the first line, so it says why."""
    body = text.encode()
    reason = re.sub(r"[^\x20-\x7e]", "?", text.splitlines()[0] if text else "")[:200] if status >= 400 else "OK"
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    return f"{head}\r\n".encode("ascii") + body


def _connect(target: str, headers: Headers) -> Request:
    host, port = _host_and_port(target)
    if port is None:
        raise Refused("CONNECT without a port", status=400)
    origin = Origin("https", host, port)
    for said in _all(headers, "host"):
        if _host_and_port(said) not in ((host, port), (host, None)):
            raise Refused("a Host header that names another place than the request", status=400)
    return Request("CONNECT", origin, "")


def _get(method: str, target: str, headers: Headers) -> Request:
    url = _URL.fullmatch(target)
    if url is None:
        raise Refused(f"{method} needs a whole http:// address; https goes through CONNECT", status=400)
    host, port = _host_and_port(url[1])
    said = [_host_and_port(value) for value in _all(headers, "host")]
    if [(name, number or 80) for name, number in said] != [(host, port or 80)]:
        raise Refused("a Host header that does not name the place that is asked for", status=400)
    path = url[2] or "/"
    return Request(method, Origin("http", host, port or 80), path, headers)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise Refused("an address with a user name in it", status=400)
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise Refused("a host that is not written as a plain name", status=400)
    host, port = (found[1] or found[2]).lower(), int(found[3]) if found[3] else None
    if found[1] and not NAME.fullmatch(host):
        raise Refused("a host that is not written as a plain name", status=400)
    if port is not None and not 0 < port < 65536:
        raise Refused("a port that there is not", status=400)
    return host, port


def _split(head: bytes, value: re.Pattern[bytes] = _VALUE) -> tuple[bytes, Headers]:
    if not head.endswith(b"\r\n\r\n"):
        raise Refused("a head without an end", status=400)
    line, *fields = head[:-4].split(b"\r\n")
    if len(fields) > _HEADERS:
        raise Refused("too many headers", status=400)
    headers: list[tuple[str, str]] = []
    for field in fields:
        name, colon, rest = field.partition(b":")
        # A line that begins with a space, a bare CR, LF or NUL: none of them is a token or a value.
        if not colon or not _TOKEN.fullmatch(name) or not value.fullmatch(rest):
            raise Refused("a malformed header", status=400)
        headers.append((name.decode("ascii").lower(), rest.strip(b" \t").decode("latin-1")))
    return line, headers


def _no_body(headers: Headers) -> None:
    if _all(headers, "transfer-encoding") or any(value != "0" for value in _all(headers, "content-length")):
        raise Refused("a request with a body", status=400)
    for name in ("upgrade", "expect"):
        if _all(headers, name):
            raise Refused(f"a request with the header {name!r}", status=400)
    if len(_all(headers, "host")) > 1:
        raise Refused("two Host headers", status=400)


def _length(headers: Headers) -> int | None:
    said = set(_all(headers, "content-length"))
    if _all(headers, "transfer-encoding"):
        if said:
            raise Refused("the origin gave its answer two lengths", status=502)
        return None
    if len(said) > 1 or not all(re.fullmatch(r"[0-9]{1,15}", value) for value in said):
        raise Refused("the origin gave its answer no length that can be read", status=502)
    return int(said.pop()) if said else None


def _all(headers: Iterable[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in headers if key == name]


def _authority(origin: Origin) -> str:
    return str(origin).partition("://")[2]
