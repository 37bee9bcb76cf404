"""Where a Docker Engine is: `unix:///path`, `tcp://host:port` with TLS, or `ssh://user@host:port/path/of/docker.sock`."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ..base import SandboxUnavailable

SOCKET = "/var/run/docker.sock"
"""Where an Engine listens unless it is told otherwise."""
_PORTS = {"tcp": 2376, "ssh": 22}


@dataclass(frozen=True)
class Address:
    """An address, taken apart."""

    kind: Literal["unix", "tcp", "ssh"]
    path: str
    """The socket's path, on the machine that `host` names; "" for tcp."""
    host: str = ""
    port: int = 0
    user: str | None = None

    def __str__(self) -> str:
        who = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"unix://{self.path}" if self.kind == "unix" else f"{self.kind}://{who}{host}:{self.port}{self.path}"

    @property
    def on_loopback(self) -> bool:
        """Whether it cannot be heard by other machines."""
        try:
            return self.kind != "tcp" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse(text: str) -> Address:
    """The address in `text`; SandboxUnavailable where it is none."""
    parts = urlsplit(text)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _odd(text) from None
    match parts.scheme:
        case "unix" if not parts.netloc and parts.path:
            return Address("unix", parts.path)
        case "tcp" | "https" if host and parts.path in ("", "/"):
            return Address("tcp", "", host, port or _PORTS["tcp"])
        case "ssh" if host and not host.startswith("-") and parts.password is None:
            path = parts.path if len(parts.path) > 1 else SOCKET
            return Address("ssh", path, host, port or _PORTS["ssh"], parts.username)
        case _:
            raise _odd(text)


def usual() -> Iterator[Address]:
    """The sockets of this machine on which an Engine may answer: the system's, then the user's own. Blocks."""
    for path in (SOCKET, f"/run/user/{os.getuid()}/docker.sock"):
        if Path(path).is_socket():
            yield Address("unix", path)


def _odd(text: str) -> SandboxUnavailable:
    forms = "unix:///path/docker.sock, tcp://host:2376, ssh://user@host"
    return SandboxUnavailable(f"{text!r} is no address of a Docker Engine (without a password); write it as {forms}")
