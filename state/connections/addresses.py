"""Where a Redis is: the URLs that Slipway accepts.

    redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]                            one server
    unix://[[USER]:PASSWORD@]/PATH[?db=DB]                                one server on this machine
    redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT][,...]/SERVICE[/DB]     the master that the named Sentinels know
    redis+cluster://[[USER]:PASSWORD@]HOST[:PORT][,...]                   a cluster, by one or more of its nodes

`rediss` in place of `redis` is the same over TLS, for the Sentinels too. Names and passwords are percent-encoded.
Options stand in the query, spelt as redis-py spells them: `client_name`, `db`, `health_check_interval`, `password`,
`socket_keepalive`, `username`; over TLS `ssl_ca_certs`, `ssl_ca_path`, `ssl_cert_reqs`, `ssl_certfile`,
`ssl_check_hostname`, `ssl_ciphers`, `ssl_keyfile`, `ssl_password`; with Sentinel also `sentinel_username` and
`sentinel_password`. The schemes for Sentinel and Cluster are those of the packages `redis-sentinel-url` and `limits`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from redis.asyncio.connection import parse_url

from ..base import StateUnavailable

Node = tuple[str, int]
"""Host and port."""

Kind = Literal["server", "socket", "sentinel", "cluster"]

_KINDS: Mapping[str, Kind] = {
    "redis": "server",
    "rediss": "server",
    "unix": "socket",
    "redis+sentinel": "sentinel",
    "rediss+sentinel": "sentinel",
    "redis+cluster": "cluster",
    "rediss+cluster": "cluster",
}
_PORTS: Mapping[Kind, int] = {"server": 6379, "cluster": 6379, "sentinel": 26379}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:\[\]@/]+)(?::(\d{1,5}))?")
_OPTIONS = frozenset({"client_name", "db", "health_check_interval", "password", "socket_keepalive", "username"})
_TLS_OPTIONS = frozenset({
    "ssl_ca_certs", "ssl_ca_path", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_ciphers", "ssl_keyfile",
    "ssl_password",
})  # fmt: skip
_SENTINEL_OPTIONS = frozenset({"sentinel_username", "sentinel_password"})
_ENCODE = "percent-encode what is special in a name or password"


@dataclass(frozen=True)
class Address:
    """A Redis that a URL names; no password shows in its text."""

    name: str
    """For messages."""
    kind: Kind
    nodes: tuple[Node, ...] = ()
    """The server, the Sentinels, or some nodes of the cluster; empty for a socket."""
    path: str = ""
    """Of the socket."""
    service: str = ""
    """What the Sentinels call the master."""
    tls: bool = False
    options: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """For each connection to a server, as redis-py takes them."""
    sentinel_options: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """For each connection to a Sentinel."""


def single_node(address: Address, node: Node) -> Address:
    """One node of a cluster as a server."""
    return replace(address, kind="server", nodes=(node,))


def sentinels(address: Address) -> list[Address]:
    """Each Sentinel as a server."""
    return [replace(single_node(address, node), options=address.sentinel_options) for node in address.nodes]


def shown(url: str) -> str:
    """`url` without its password and options, whatever it looks like."""
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    login, _, place = place.rpartition("@")
    if not login and "@" in query:  # it may be the rest of a password
        return f"{scheme}://..."
    user = login.partition(":")[0]
    return f"{scheme}://{user and user + '@'}{place}"


def parse_address(url: str) -> Address:
    """What `url` names. StateUnavailable: it is no URL as described above."""
    try:
        return _address(url)
    except ValueError as error:
        raise StateUnavailable(f"{shown(url)!r} is no address of a Redis server: {error}") from error


def _address(url: str) -> Address:
    scheme, separator, rest = url.partition("://")
    kind = _KINDS.get(scheme.lower()) if separator else None
    if kind is None:
        raise ValueError(f"begin it with one of {', '.join(f'{name}://' for name in _KINDS)}")
    place, _, query = rest.partition("?")
    login, _, place = place.rpartition("@")
    if not login and "@" in query:
        raise ValueError(_ENCODE)
    user, _, password = login.partition(":")
    tls = scheme.lower().startswith("rediss")
    known = {"username": unquote(user), "password": unquote(password)}
    options = {name: value for name, value in known.items() if value}
    options |= _queried(query, _allowed(kind, tls))
    own = {name.removeprefix("sentinel_"): options.pop(name) for name in _SENTINEL_OPTIONS & options.keys()}
    shared = {name: value for name, value in options.items() if name in _TLS_OPTIONS}
    if kind == "socket":
        return Address(shown(url), kind, path=_path(place), options=options)
    hosts, _, path = place.partition("/")
    service, database = _service_and_database(kind, unquote(path).rstrip("/"))
    options |= {"db": int(database)} if database else {}
    if kind == "cluster" and options.get("db"):
        raise ValueError("a cluster has one database; leave its number out")
    nodes = tuple(_node(host, kind) for host in hosts.split(","))
    if kind == "server" and len(nodes) > 1:
        raise ValueError("it names several hosts; use redis+cluster:// or redis+sentinel://")
    return Address(shown(url), kind, nodes, "", service, tls, options, {**shared, **own})


def _allowed(kind: Kind, tls: bool) -> frozenset[str]:
    return (
        _OPTIONS | (_TLS_OPTIONS if tls else frozenset()) | (_SENTINEL_OPTIONS if kind == "sentinel" else frozenset())
    )


def _queried(query: str, allowed: frozenset[str]) -> dict[str, Any]:
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    if unknown := sorted(names - allowed):
        raise ValueError(f"its option {unknown[0]!r} is not one of {', '.join(sorted(allowed))}")
    parsed: Mapping[str, Any] = parse_url(f"redis://?{query}")
    return {name: value for name, value in parsed.items() if name in names}


def _path(place: str) -> str:
    if not place.startswith("/"):
        raise ValueError("give the absolute path of the socket, as in unix:///run/redis.sock")
    return unquote(place)


def _service_and_database(kind: Kind, path: str) -> tuple[str, str]:
    service, _, database = path.partition("/") if kind == "sentinel" else ("", "", path)
    if kind == "sentinel" and not service:
        raise ValueError("name the service behind the Sentinels, as in redis+sentinel://HOST:PORT/mymaster")
    if database and not re.fullmatch(r"\d{1,9}", database):
        raise ValueError(f"{database!r} is not the number of a database")
    return service, database


def _node(text: str, kind: Kind) -> Node:
    found = _HOST.fullmatch(text)
    if not found:
        raise ValueError(f"write its hosts as HOST:PORT, and {_ENCODE}")
    host, port = found[1].strip("[]"), int(found[2] or _PORTS[kind])
    if not 0 < port < 65536:
        raise ValueError(f"{port} is not a port")
    return unquote(host), port
