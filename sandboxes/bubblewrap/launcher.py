"""Sandboxes made by bubblewrap: no daemon, a namespace of every kind, open in a few hundredths of a second.

As root a keeper stands outside of them (see `keeper/main.py`), in a fresh root that holds what they see, because a home
of mode 0700 cannot be crossed later. For each it takes on a uid that nobody else has, and becomes the bubblewrap that
makes the sandbox. Without that uid it would keep the kernel's uid 0, with a writable `/proc/sys` of the host. For an
ordinary user it is one bubblewrap. A guard stands before either (`guard.py`): bubblewrap alone can leave a process.
"""

from __future__ import annotations

import asyncio
import os
import platform
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base import Limits, SandboxGone, SandboxUnavailable
from ..profile import agent_settings, environment
from ..resident.channel import Channel, Json
from ..resident.greeting import check_greeting, whole
from ..resident.sandbox import ResidentSandbox
from ..resident.source import agent_code, agent_source
from ..seccomp import seccomp_filter
from . import alone, kept
from .caps import caps_of
from .handover import Handover
from .keepers import Kind
from .layout import Layout, host_layout, rootfs_layout
from .mounts import counts_processes, inner_arguments, texts_of
from .programs import INSTALL, Program, find_programs

Processes = alone.Processes | kept.Processes
Sibling = Callable[[], Coroutine[Any, Any, ResidentSandbox]]

_START = 20.0
"""Seconds that a sandbox may take to come up."""
_FREE_UIDS = range(1_879_048_192, 1_879_048_192 + (1 << 24))
"""Uids that distributions, container managers and directory services leave alone (systemd's UIDS-GIDS)."""
_ORDINARY = "an overlay that an ordinary user may mount does not rename folders"
_USERNS_SWITCHES = {
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "this system (Ubuntu 24.04 and later) lets only its own /usr/bin/bwrap make user namespaces: "
        "`apt-get install bubblewrap`, or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`",
    ),
    "kernel/unprivileged_userns_clone": (
        "0",
        "user namespaces are switched off: `sysctl kernel.unprivileged_userns_clone=1`",
    ),
    "user/max_user_namespaces": ("0", "user namespaces are switched off: `sysctl user.max_user_namespaces=10000`"),
}


async def open_bubblewrap(
    limits: Limits, layers: Sequence[tuple[Path, str]] = (), *, rootfs: Path | None = None
) -> ResidentSandbox:
    """A new sandbox; see `bubblewrap_launcher`. For many of a kind keep the launcher and open from that."""
    return (await _first(limits, tuple(layers), rootfs))[1]


async def bubblewrap_launcher(
    limits: Limits, layers: Sequence[tuple[Path, str]] = (), *, rootfs: Path | None = None
) -> Launcher:
    """What opens sandboxes with the first `bwrap` that works here, which it tries; SandboxUnavailable: none does.

    `layers` are folders of this machine, each with the path at which a sandbox sees it, read-only. `rootfs` is the
    folder of an unpacked root file system with a Python 3.11 or later, shown instead of this machine's.
    """
    found, sandbox = await _first(limits, tuple(layers), rootfs)
    await sandbox.close()
    return found


async def _first(
    limits: Limits, layers: tuple[tuple[Path, str], ...], rootfs: Path | None
) -> tuple[Launcher, ResidentSandbox]:
    programs = await asyncio.to_thread(find_programs)
    layout = await asyncio.to_thread(host_layout if rootfs is None else lambda: rootfs_layout(rootfs))
    failures: list[str] = []
    for program in programs:
        launcher = Launcher(program, layout, layers, limits)
        try:
            return launcher, await launcher.open()
        except SandboxUnavailable as error:
            failures.append(str(error))
    raise SandboxUnavailable("; ".join([*failures, await asyncio.to_thread(next_step)]))


@dataclass(frozen=True)
class Launcher:
    """Opens sandboxes that are all alike: the first one, and its forks."""

    program: Program
    layout: Layout
    layers: tuple[tuple[Path, str], ...]
    """Folders of this machine, each with the path at which the sandbox sees it, read-only."""
    limits: Limits

    async def open(self, sibling: Sibling | None = None) -> ResidentSandbox:
        """A new sandbox, checked to be as tight as its caps say. SandboxUnavailable tells why there is none.

        Its forks begin with what `sibling` opens; None: one like itself.
        """
        uid = await asyncio.to_thread(_own_uid)
        return await (self._open_alone(sibling) if uid is None else self._open_kept(uid, sibling))

    async def _open_alone(self, sibling: Sibling | None) -> ResidentSandbox:
        making = asyncio.to_thread(Handover, texts_of(self.layout), seccomp_filter(platform.machine()))
        handover = await whole(making, lambda made: asyncio.to_thread(made.close))
        inner = inner_arguments(self.layout, self.layers, self.limits, self.program.flags, handover.texts)
        alive = ["--json-status-fd", str(handover.alive)]
        agent = self._agent(counted=self._counted(None), life=handover.life)
        command = [str(self.program.path), *alive, *inner, *handover.options(), "--", *agent]
        processes = await alone.start_alone(handover, self.limits, command)
        return await self._greet(processes, None, sibling)

    async def _open_kept(self, uid: int, sibling: Sibling | None) -> ResidentSandbox:
        agent = self._agent(counted=self._counted(uid), life=None)
        order = kept.Order(uid, self.limits, seccomp_filter(platform.machine()), agent)
        processes = await kept.start_kept(Kind(self.program, self.layout, self.layers), order)
        return await self._greet(processes, uid, sibling)

    def _agent(self, *, counted: bool, life: int | None) -> list[str]:
        program = agent_code() if self.layout.ours else agent_source()
        settings = agent_settings(self.limits, count_processes=counted, life=life)
        return [self.layout.interpreter, "-I", "-S", "-c", program, settings]

    async def _greet(self, processes: Processes, uid: int | None, sibling: Sibling | None) -> ResidentSandbox:
        channel = Channel(processes.replies, processes.requests, processes)
        try:
            hello = await channel.hello(deadline=_START)
            _check(hello, await asyncio.to_thread(kernel_uid, await processes.meet()), uid)
        except SandboxGone as error:
            raise SandboxUnavailable(f"{self.program.path} made no sandbox: {error}") from None
        except BaseException:
            await channel.close()
            raise
        known = environment([place for _, place in self.layers])
        no_forks = processes.keeper.no_forks if isinstance(processes, kept.Processes) else _ORDINARY
        group = processes.group.controllers if processes.group else frozenset[str]()
        caps = caps_of(uid, self.limits, counted=self._counted(uid), group=group, no_forks=no_forks)
        graft = None if no_forks else kept.graft
        return ResidentSandbox(channel, caps, self.limits, known, sibling or self.open, graft)

    def _counted(self, uid: int | None) -> bool:
        return counts_processes(platform.release(), own_uid=uid is not None)


def _own_uid() -> int | None:
    """A uid for one sandbox of root's; None for an ordinary user, who has no choice."""
    if os.geteuid() != 0:
        return None
    ranges = [range(int(first), int(first) + int(count)) for first, _, count in _uid_map()]
    if any(_FREE_UIDS[0] in known and _FREE_UIDS[-1] in known for known in ranges):
        return secrets.choice(_FREE_UIDS)
    widest = max(ranges, key=len)
    if len(widest) < 2:
        raise SandboxUnavailable("root has no other uid here to give a sandbox; run as an ordinary user")
    return secrets.choice(widest[len(widest) // 2 :])


def _uid_map() -> list[list[str]]:
    return [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]


def kernel_uid(pid: int) -> int:
    """The uid that the kernel knows a process of this machine by."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1])


def _check(hello: Json, seen_uid: int, own_uid: int | None) -> None:
    looser = seen_uid == 0 or (own_uid is not None and seen_uid != own_uid)
    filtered = seccomp_filter(platform.machine()) is not None
    check_greeting(hello, seccomp=filtered, faults={"it runs with the kernel's uid 0": looser})


def next_step(switches: Path = Path("/proc/sys")) -> str:
    """What to do where `bwrap` is there and makes no sandbox, as the kernel's switches tell."""
    for name, (value, advice) in _USERNS_SWITCHES.items():
        switch = switches / name
        if switch.exists() and switch.read_text().strip() == value:
            return advice
    return f"bubblewrap needs user namespaces (a container may have to allow them); {INSTALL}"
