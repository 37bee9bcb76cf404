"""Sandboxes of root: started, furnished and forked by a keeper."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base import Limits, SandboxUnavailable
from ..profile import HOME_BYTES, SHM_BYTES, SMALL_FILES, TMP_BYTES
from ..resident.channel import Life
from ..resident.frames import FrameReader
from ..resident.greeting import whole
from .alone import tail
from .cgroups import Group
from .handover import filled
from .keepers import Keeper, KeeperGone, Kind, forget, keeper_of
from .mounts import PROGRAM, seated_arguments

_SMALL: dict[str, tuple[int, int, str]] = {
    "tmp": (TMP_BYTES, SMALL_FILES, "1777"),
    "home": (HOME_BYTES, SMALL_FILES, "0700"),
    "shm": (SHM_BYTES, SMALL_FILES, "1777"),
}
"""The writable places beside the workspace: bytes, files, mode."""

_TERMINALS = 64
"""Pseudo terminals of one sandbox: the kernel has a number of them for the whole machine."""


@dataclass(frozen=True)
class Order:
    """A sandbox to be started: its kernel uid, its limits, its filter of system calls, the agent's command."""

    uid: int
    limits: Limits
    seccomp: bytes | None
    agent: list[str]


async def start_kept(kind: Kind, order: Order) -> Processes:
    """Start a sandbox. SandboxUnavailable tells why there is none."""

    async def undo(ends: Ends) -> None:
        ends.close()

    ends = await whole(asyncio.to_thread(_begin, kind, order), undo)
    return await whole(_connect(ends), Processes.abandon)


async def graft(source: Life, target: Life) -> bool:
    """Show the files of `source` in `target` without copying; False where that is not possible.

    Both agents must have let go of the workspace before, and open it again afterwards.
    """
    if not (isinstance(source, Processes) and isinstance(target, Processes)) or source.keeper is not target.keeper:
        return False
    request = {"op": "fork", "source": source.seat, "target": target.seat}
    try:
        return "impossible" not in await asyncio.to_thread(source.keeper.ask, request)
    except (KeeperGone, SandboxUnavailable):
        return False


@dataclass(frozen=True)
class Ends:
    """Our ends of what a sandbox was given."""

    keeper: Keeper
    seat: int
    group: Group | None
    leash: socket.socket
    requests: int
    replies: int
    errors: int

    def close(self) -> None:
        """Close them, which ends the sandbox."""
        self.leash.close()
        for descriptor in (self.requests, self.replies, self.errors):
            os.close(descriptor)
        if self.group is not None:
            self.group.close()


def _begin(kind: Kind, order: Order) -> Ends:
    keeper = keeper_of(kind)
    try:
        return _order(keeper, kind, order)
    except KeeperGone:
        forget(keeper)  # it had waited long enough; another one takes this
    keeper = keeper_of(kind)
    try:
        return _order(keeper, kind, order)
    except KeeperGone:
        forget(keeper)
        raise SandboxUnavailable("the keeper of the sandboxes ended while it started one; try again") from None


def _order(keeper: Keeper, kind: Kind, order: Order) -> Ends:
    seat = keeper.seat()
    group = keeper.groups.group(order.limits) if keeper.groups else None
    arguments = seated_arguments(seat, kind.layout, kind.program.flags, filtered=order.seccomp is not None)
    layered = not keeper.no_forks
    workspace = (order.limits.workspace_bytes, order.limits.workspace_files + 1)  # its root is one
    request: dict[str, Any] = {
        "op": "open",
        "seat": seat,
        "uid": order.uid,
        "command": [PROGRAM, *arguments, "--", *order.agent],
        "layered": layered,
        "terminals": _TERMINALS,
        "workspace": workspace,
        "places": _SMALL if layered else {**_SMALL, "workspace": (*workspace, "0755")},
    }
    # Pipes for the agent, not a socket: that would answer questions about this machine's network.
    leash, held = socket.socketpair()
    (source, requests), (replies, sink), (errors, said) = os.pipe(), os.pipe(), os.pipe()
    ends = Ends(keeper, seat, group, leash, requests, replies, errors)
    handed = [said, held.detach(), source, sink, filled(order.seccomp or b"")]
    try:
        keeper.ask(request, [*handed, group.entrance] if group else handed)
    except BaseException:
        ends.close()
        raise
    finally:
        for descriptor in handed:
            os.close(descriptor)
    return ends


async def _connect(ends: Ends) -> Processes:
    replies, incoming = await _reader(ends.replies, FrameReader())
    errors, _ = await _reader(ends.errors, asyncio.StreamReader())
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), PipeEnd(ends.requests)
    )
    return Processes(ends, incoming, replies, asyncio.StreamWriter(transport, protocol, None, loop), errors)


async def _reader(descriptor: int, stream: asyncio.StreamReader) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), PipeEnd(descriptor))
    return stream, transport


class PipeEnd:
    """The end of a pipe for a transport of the running event loop, which is then closed once, with it.

    uvloop closes the descriptor itself, and the file object behind that: by a number that may have become the file of
    another thread in between.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._closes = not type(asyncio.get_running_loop()).__module__.startswith("uvloop")

    def fileno(self) -> int:
        """The descriptor; the transport's from now on."""
        return self._descriptor

    def close(self) -> None:
        """As the transport asks for it."""
        if self._closes:
            self._closes = False
            os.close(self._descriptor)


class Processes:
    """The processes of one sandbox, seen from the host."""

    def __init__(
        self,
        ends: Ends,
        incoming: asyncio.ReadTransport,
        replies: asyncio.StreamReader,
        requests: asyncio.StreamWriter,
        errors: asyncio.StreamReader,
    ) -> None:
        self.keeper = ends.keeper
        self.seat = ends.seat
        self.group = ends.group
        self.requests = requests
        self.replies = replies
        self._incoming = incoming
        self._leash = ends.leash
        self._agent: int | None = None
        self._errors = asyncio.ensure_future(tail(errors))

    async def meet(self) -> int:
        """Take hold of the agent, which the keeper hands over. Its number on this machine."""

        async def undo(received: tuple[int, int]) -> None:
            os.close(received[0])

        self._agent, number = await whole(asyncio.to_thread(self._receive_agent), undo)
        return number

    def _receive_agent(self) -> tuple[int, int]:
        try:
            self._leash.settimeout(5)
            text, held, _, _ = socket.recv_fds(self._leash, 16, 1, socket.MSG_CMSG_CLOEXEC)
        except OSError:
            text, held = b"", []
        if text != b"agent" or not held:
            raise SandboxUnavailable("bubblewrap did not tell the number of the process that it made")
        fields = dict(line.split(":", 1) for line in Path(f"/proc/self/fdinfo/{held[0]}").read_text().splitlines())
        return held[0], int(fields["Pid"])

    def kill(self) -> None:
        """Begin to end them; returns at once."""
        self._leash.close()  # the keeper ends them all
        if self._agent is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._agent, signal.SIGKILL)

    async def ended(self) -> str:
        """Wait until the keeper has taken away what is left of them; what was said on stderr."""
        said = await asyncio.shield(self._errors)
        self._incoming.close()
        self._leash.close()
        if self.group is not None:
            await asyncio.to_thread(self.group.close)
        if self._agent is not None:
            os.close(self._agent)
            self._agent = None
        return said.strip()

    async def abandon(self) -> None:
        """End them, and wait for that."""
        self.requests.close()
        self.kill()
        await self.ended()
