from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from .base import Refused

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text. OSError where it has none."""

_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TAKEN = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Global by its number, but a cloud's service for its own machines (Azure's WireServer)."""


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine's resolver knows for `host`, in its order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(host: str, addresses: Sequence[str], *, anywhere: bool) -> list[str]:
    """Those of `addresses` that may be connected to; Refused where there is none.

    `anywhere`: all of them; otherwise only global ones, not those of this machine or of its networks.
    """
    allowed = [address for address in addresses if anywhere or is_global(address)]
    if not allowed:
        raise Refused(f"{host!r} has no address on the internet, only ones of this machine or its networks")
    return allowed


def is_global(address: str) -> bool:
    """Whether `address`, and any IPv4 address that it stands for, is a unicast one of the public internet."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False  # one with a scope, such as fe80::1%eth0
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_global(str(parsed.ipv4_mapped))
        if parsed in _NAT64:
            return is_global(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
        if parsed not in _UNICAST or parsed.sixtofour is not None or parsed.teredo is not None:
            return False  # other ways to write an IPv4 address, and tunnels to one that nobody needs any more
    return parsed.is_global and not parsed.is_multicast and parsed not in _TAKEN
