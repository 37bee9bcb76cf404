"""A connection to a Docker Engine: the `docker` SDK for what has an end, raw connections for the attached streams."""

from __future__ import annotations

import asyncio
import datetime
import functools
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from ..base import SandboxUnavailable
from .addresses import SOCKET, Address, parse, usual
from .streams import Attachment
from .tunnels import Tunnel

P = ParamSpec("P")
T = TypeVar("T")

_CONNECT = 20.0
"""Seconds that an Engine may take to answer for the first time."""
_ANSWER = 60
"""Seconds that it may take for anything else."""
_OLDEST, _NEWEST = (1, 41), (1, 44)
"""Versions of the Engine API (20.10, 25.0) that we speak; an Engine newer than that still speaks the last."""
_THREADS = 16
_STARTS = 2
"""Containers that start at once, a processor of the Engine's machine."""
_CERTIFICATES = ("ca.pem", "cert.pem", "key.pem")
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True)
class Facts:
    """What an Engine says about itself and its machine."""

    machine: str
    """As `platform.machine()` names it: the Engine's, not this process's."""
    kernel: str
    """The release of its kernel."""
    processors: int
    runtimes: tuple[str, ...]
    limits: frozenset[str]
    """Those of `memory`, `swap`, `processes`, `cpu`, `seccomp` that it can enforce."""
    skew: float
    """Seconds that its clock is ahead of ours."""


class Engine:
    """One Engine, for any number of sandboxes; `connect` makes it."""

    def __init__(self, address: Address, api: docker.APIClient, reach: _Reach, facts: Facts) -> None:
        self.address = address
        self.api = api
        """The SDK's client. It blocks: hand its methods to `ask`."""
        self.facts = facts
        self.building = asyncio.Lock()
        """Held while an image is made on it."""
        self.starting = asyncio.Semaphore(_STARTS * facts.processors)
        """Held while a container starts: more at once are no faster, and all would still come up were we killed."""
        self._reach = reach
        self._closed = False
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="docker")

    async def ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call` returns; SandboxUnavailable with the Engine's words where it fails."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise SandboxUnavailable(f"{self.address}: the connection was closed")
        try:
            return await loop.run_in_executor(self._threads, functools.partial(call, *args, **kwargs))
        except (DockerException, RequestException) as error:
            raise SandboxUnavailable(f"{self.address}: {words(error)}") from error

    async def dial(self, make: Callable[[], Attachment]) -> tuple[asyncio.Transport, Attachment]:
        """A raw connection, handed to the protocol that `make` makes."""
        loop = asyncio.get_running_loop()
        if self._reach.socket is not None:
            return await loop.create_unix_connection(make, self._reach.socket)
        return await loop.create_connection(make, self.address.host, self.address.port, ssl=self._reach.tls)

    async def close(self) -> None:
        """Let go of the connections; sandboxes that are still open lose their way to be removed."""
        self._closed = True
        self._threads.shutdown(wait=False)
        await asyncio.to_thread(self.api.close)
        if self._reach.tunnel is not None:
            await self._reach.tunnel.close()


@dataclass(frozen=True)
class _Reach:
    """How to get to an address: a socket here, else TCP."""

    socket: str | None
    tls: ssl.SSLContext | None
    certificates: Path | None
    tunnel: Tunnel | None

    @property
    def url(self) -> str | None:
        return None if self.socket is None else f"unix://{self.socket}"


async def connect(address: str | None = None, *, certificates: Path | None = None) -> Engine:
    """The Engine at `address`; None: the one of this machine, on its usual sockets.

    `certificates` is a folder with `ca.pem`, `cert.pem` and `key.pem` for `tcp://`. SandboxUnavailable tells why there
    is none, or why it is not used: over TCP without TLS anybody on the way would be root over there.
    """
    where = parse(address) if address is not None else await asyncio.to_thread(lambda: next(usual(), None))
    if where is None:
        raise SandboxUnavailable(
            f"no Docker Engine: nothing listens on {SOCKET}; start one, or set sandbox.docker_host (DOCKER_HOST)"
        )
    reach = await _reach(where, certificates)
    try:
        await _knock(reach)
        api, facts = await asyncio.to_thread(_meet, where, reach)
    except (DockerException, RequestException, OSError) as error:
        await _leave(reach)
        raise SandboxUnavailable(f"{where}: no Docker Engine answers: {words(error)}") from error
    except BaseException:
        await _leave(reach)
        raise
    return Engine(where, api, reach, facts)


async def _knock(reach: _Reach) -> None:
    """Find a socket that nobody answers on: the SDK would leave one of its own open for each failure."""
    if reach.socket is None:
        return
    try:
        _, writer = await asyncio.open_unix_connection(reach.socket)
    except PermissionError as error:
        raise PermissionError(f"{error.strerror}; your user has to be in the group of {reach.socket}") from None
    writer.close()
    await writer.wait_closed()


async def _leave(reach: _Reach) -> None:
    if reach.tunnel is not None:
        await reach.tunnel.close()


async def _reach(address: Address, certificates: Path | None) -> _Reach:
    match address.kind:
        case "unix":
            return _Reach(address.path, None, None, None)
        case "ssh":
            tunnel = await Tunnel.open(address, deadline=_CONNECT)
            return _Reach(str(tunnel.socket), None, None, tunnel)
        case "tcp" if certificates is not None:
            return _Reach(None, await asyncio.to_thread(_tls, certificates), certificates, None)
        case "tcp" if address.on_loopback:
            return _Reach(None, None, None, None)
        case _:
            raise SandboxUnavailable(
                f"{address} is not used without TLS: set sandbox.docker_certificates (DOCKER_CERT_PATH) to a folder "
                f"with {', '.join(_CERTIFICATES)}, or use ssh://"
            )


def _tls(folder: Path) -> ssl.SSLContext:
    authority, certificate, key = (folder / name for name in _CERTIFICATES)
    try:
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        needed = ", ".join(_CERTIFICATES)
        raise SandboxUnavailable(f"the certificates in {folder} cannot be used ({error}); it needs {needed}") from None
    return context


def _meet(address: Address, reach: _Reach) -> tuple[docker.APIClient, Facts]:
    probe = _client(address, reach, _NEWEST)
    try:
        said = probe.version(api_version=False)
    finally:
        probe.close()
    newest = tuple(int(part) for part in said["ApiVersion"].split("."))
    if newest < _OLDEST:
        raise SandboxUnavailable(f"{address}: Docker {said.get('Version')} is too old; 20.10 is the oldest that works")
    api = _client(address, reach, min(newest, _NEWEST))
    try:
        return api, _facts(said, api.info())
    except BaseException:
        api.close()
        raise


def _client(address: Address, reach: _Reach, version: tuple[int, ...]) -> docker.APIClient:
    tls: Any = False
    if reach.certificates is not None:
        authority, certificate, key = (str(reach.certificates / name) for name in _CERTIFICATES)
        tls = docker.tls.TLSConfig(client_cert=(certificate, key), ca_cert=authority, verify=True)
    url = reach.url or f"tcp://{str(address).removeprefix('tcp://')}"
    text = ".".join(map(str, version))
    client = docker.APIClient(url, version=text, timeout=_ANSWER, tls=tls, max_pool_size=_THREADS)
    client.trust_env = False  # a proxy for the web is none for an Engine
    return client


def _facts(version: dict[str, Any], info: dict[str, Any]) -> Facts:
    limits = {
        "memory": info.get("MemoryLimit"),
        "swap": info.get("SwapLimit"),
        "processes": info.get("PidsLimit"),
        "cpu": info.get("CpuCfsQuota"),
        "seccomp": any(option.startswith("name=seccomp") for option in info.get("SecurityOptions") or ()),
    }
    arch: str = version["Arch"]
    return Facts(
        machine=_MACHINES.get(arch, arch),
        kernel=info.get("KernelVersion", ""),
        processors=info.get("NCPU") or 1,
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
        limits=frozenset(name for name, there in limits.items() if there),
        skew=_skew(info.get("SystemTime", "")),
    )


def _skew(text: str) -> float:
    try:  # nanoseconds are more than Python reads
        theirs = datetime.datetime.fromisoformat(text[:19] + "+00:00")
    except ValueError:
        return 0.0
    return (theirs - datetime.datetime.now(datetime.UTC)).total_seconds()


def words(error: Exception) -> str:
    """What went wrong, in the Engine's own words where it has some."""
    said = getattr(error, "explanation", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:1000]
