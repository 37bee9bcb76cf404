"""What a sandbox may reach of the outside, decided on the host.

The sandbox's agent only moves bytes. Here they are taken for a hostile HTTP proxy client: it may name a host, nothing
else. What was not asked for in exactly the allowed form is refused, and every decision is kept as an `Attempt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

from ..base import SandboxError

NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
"""A host name as it may stand on an allow-list: lower case, no trailing dot, international ones in their A-form."""
HTTPS = 443
_PORTS = {"http": 80, "https": HTTPS}


class Refused(SandboxError):
    """A request that is not let out. `status` is the HTTP status that says so."""

    def __init__(self, why: str, *, status: int = 403) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port of a URL: what is compared, exactly."""

    scheme: Literal["http", "https"]
    host: str
    """Lower case; an IPv6 address without brackets."""
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """The origin of an http or https URL. ValueError where it is none, or carries a user name or a password."""
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname
        if (scheme != "http" and scheme != "https") or not host:
            raise ValueError("not an http or https address")
        if parts.username is not None or parts.password is not None:
            raise ValueError("an address with a user name in it")
        if not NAME.fullmatch(host) and ":" not in host:
            raise ValueError("an address whose host is not written in plain ASCII")
        return cls(scheme, host, parts.port or _PORTS[scheme])

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True)
class Policy:
    """What may be reached. Nothing by default."""

    hosts: frozenset[str] = frozenset()
    """Names that may be reached by https on port 443, at a global address. Exact: no patterns, no parent domains."""
    registries: frozenset[Origin] = frozenset()
    """Reached wherever they are, so that a mirror on loopback or on the local network works; http only for these."""

    def __post_init__(self) -> None:
        odd = sorted(name for name in self.hosts if not NAME.fullmatch(name) or _is_number(name))
        if odd:
            raise ValueError(f"not host names in lower case: {', '.join(map(repr, odd))}")

    def anywhere(self, origin: Origin) -> bool:
        """Whether `origin` may be reached at any address, or only at a global one. Refused where it may not at all."""
        if origin in self.registries:
            return True
        if origin.scheme == "http":
            raise Refused(f"{origin} is not a configured registry; only those may be reached without TLS")
        if ":" in origin.host or _is_number(origin.host):
            raise Refused(f"{origin.host!r} is an address; only names on the allow-list may be reached")
        if origin.host not in self.hosts:
            raise Refused(f"{origin.host!r} is not on the allow-list")
        if origin.port != HTTPS:
            raise Refused(f"port {origin.port} of {origin.host!r} is not allowed, only {HTTPS}")
        return False


@dataclass(frozen=True)
class EgressLimits:
    """Bounds of one egress; sizes in bytes, times in seconds."""

    connections: int = 32
    """At one time; further ones wait."""
    total: int = 5000
    """In its whole life; further ones are refused."""
    head: int = 16 << 10
    """A request's head, and a TLS ClientHello."""
    received: int = 4 << 30
    """From the outside, of all connections."""
    sent: int = 32 << 20
    """To the outside, of all connections."""
    seconds: float = 600.0
    """Of one connection."""
    greeting: float = 15.0
    """For a request's head, a look-up, a connection and a ClientHello, each."""
    idle: float = 120.0
    """Without a byte from the outside."""
    attempts: int = 2000
    """Kept as records."""


@dataclass(frozen=True)
class Attempt:
    """One wish to reach something, and what became of it."""

    host: str
    """"" where none could be read."""
    port: int
    allowed: bool
    why: str
    """A sentence; safe to show."""


def _is_number(host: str) -> bool:
    """Whether a resolver may read `host` as an IPv4 address: decimal, octal, hexadecimal, of one to four parts."""
    last = host.rsplit(".", 1)[-1]
    return bool(re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last))
