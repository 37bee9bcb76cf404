"""Sandboxes made by bubblewrap: no daemon, a namespace of every kind, open in well under a second.

As root two of them stand inside each other. The outer one gathers what the sandbox will see under a fresh root, because
a home of mode 0700 cannot be crossed later; then a uid that nobody else has is taken on (`drop.py`); the inner one
makes the sandbox. Without that uid the sandbox would keep the kernel's uid 0, with a writable `/proc/sys` of the host.
For everybody, a guard stands before them (`guard.py`): bubblewrap alone can leave a process behind.
"""

from __future__ import annotations

import asyncio
import os
import platform
import secrets
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..base import Caps, Limits, SandboxGone, SandboxUnavailable
from ..profile import TOOLCHAIN, UID, agent_settings, environment
from ..resident.channel import Channel, Json
from ..resident.sandbox import ResidentSandbox
from ..resident.source import agent_code
from ..seccomp import seccomp_filter
from .handover import Handover
from .mounts import PROGRAM, Layout, counts_processes, etc_texts, host_layout, inner_arguments, outer_arguments
from .programs import INSTALL, Program, find_programs

T = TypeVar("T")

_START = 20.0
"""Seconds that a sandbox may take to come up."""
_FREE_UIDS = range(1_879_048_192, 1_879_048_192 + (1 << 24))
"""Uids that distributions, container managers and directory services leave alone (systemd's UIDS-GIDS)."""
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


async def open_bubblewrap(limits: Limits, toolchain: Path | None) -> ResidentSandbox:
    """A new sandbox from the first `bwrap` that works here; SandboxUnavailable where none does."""
    programs = await asyncio.to_thread(find_programs)
    layout = await asyncio.to_thread(host_layout)
    failures: list[str] = []
    for program in programs:
        try:
            return await Launcher(program, layout, toolchain, limits).open()
        except SandboxUnavailable as error:
            failures.append(str(error))
    raise SandboxUnavailable("; ".join([*failures, await asyncio.to_thread(next_step)]))


@dataclass(frozen=True)
class Launcher:
    """Opens sandboxes that are all alike: the first one, and its forks."""

    program: Program
    layout: Layout
    toolchain: Path | None
    limits: Limits

    async def open(self) -> ResidentSandbox:
        """A new sandbox, checked to be as tight as its caps say. SandboxUnavailable tells why there is none."""
        uid = await asyncio.to_thread(_own_uid)
        making = asyncio.to_thread(Handover, etc_texts(), seccomp_filter(platform.machine()))
        handover = await _whole(making, lambda made: asyncio.to_thread(made.close))
        try:
            command = await asyncio.to_thread(self._command, uid, handover)
            # Cancelled, asyncio would kill the guard, and nothing would watch over the rest.
            processes = await _whole(_spawn(command, handover), Processes.abandon)
            return await self._greet(processes, handover, uid)
        finally:
            handover.close()

    async def _greet(self, processes: Processes, handover: Handover, uid: int | None) -> ResidentSandbox:
        channel = Channel(processes.replies, processes.requests, processes)
        try:
            hello = await channel.hello(deadline=_START)
            await asyncio.to_thread(processes.find_agent, handover)
            _check(hello, await asyncio.to_thread(kernel_uid, processes.agent_pid), uid)
        except SandboxGone as error:
            raise SandboxUnavailable(f"{self.program.path} made no sandbox: {error}") from None
        except BaseException:
            await channel.close()
            raise
        known = environment(toolchain=self.toolchain is not None)
        return ResidentSandbox(channel, self._caps(uid), self.limits, known, self.open)

    def _command(self, uid: int | None, handover: Handover) -> list[str]:
        source = str(self.toolchain) if self.toolchain else None
        reachable = source if uid is None or source is None else TOOLCHAIN
        inner = inner_arguments(self.layout, reachable, self.limits, self.program.flags, handover.texts)
        python = [self.layout.interpreter, "-I", "-S", "-c"]
        settings = agent_settings(self.limits, count_processes=self._counts_processes(uid), life=handover.life)
        sandbox = [*inner, *handover.options(), "--", *python, agent_code(), settings]
        watched, alive = ",".join(map(str, handover.watched)), str(handover.alive)
        guarded = [*python, _source("guard.py"), watched, str(self.program.path), "--json-status-fd", alive]
        if uid is None:
            return [*guarded, *sandbox]
        libraries = str(self.program.libraries) if self.program.libraries else None
        outer = outer_arguments(self.layout, source, str(self.program.path), libraries)
        return [*guarded, *outer, "--", *python, _source("drop.py"), str(uid), PROGRAM, *sandbox]

    def _counts_processes(self, uid: int | None) -> bool:
        return counts_processes(platform.release(), own_uid=uid is not None)

    def _caps(self, uid: int | None) -> Caps:
        who = "the caller's kernel uid" if uid is None else f"kernel uid {uid}, this sandbox's own"
        counted = self._counts_processes(uid)
        enforced = {
            "network": "a network namespace of its own, with loopback only",
            "filesystem": "read-only root; tmpfs for the workspace, home, /tmp and /dev/shm",
            "uid": f"uid {UID} in a user namespace, without capabilities; {who}",
            "processes": "RLIMIT_NPROC" if counted else "a watchdog that looks every 50 ms",
            "memory": "a watchdog over resident memory that looks every 50 ms, and RLIMIT_DATA for each process",
            "disk": "sized tmpfs",
            "inodes": "a watchdog that looks every 50 ms while a command runs",
            "file_size": "RLIMIT_FSIZE",
            "pids": "a PID namespace of its own",
            "nothing_left": "a guard outside ends every stage with the framework; PID 1 ends with its channel",
        }
        if seccomp_filter(platform.machine()) is not None:
            enforced["seccomp"] = f"a deny-list for {platform.machine()}"
        return Caps("bubblewrap", enforced)


class Processes:
    """The processes of one sandbox, seen from the host."""

    def __init__(self, process: asyncio.subprocess.Process, leash: int) -> None:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        self.requests = process.stdin
        self.replies = process.stdout
        self.agent_pid = 0
        self._process = process
        self._agent: int | None = None
        self._leash: int | None = leash
        self._errors = asyncio.ensure_future(_tail(process.stderr))

    def find_agent(self, handover: Handover) -> None:
        """Take hold of the agent, by a descriptor: a number could come to mean another process."""
        self.agent_pid = handover.agent_pid()
        self._agent = os.pidfd_open(self.agent_pid)

    def kill(self) -> None:
        """Kill the agent, with which its whole namespace ends; before it is known, whatever there is."""
        if self._agent is None:
            self._let_go()
        else:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._agent, signal.SIGKILL)

    async def ended(self) -> str:
        """Wait until bubblewrap is gone, which waits for the namespace to be empty; what was said on stderr."""
        try:
            async with asyncio.timeout(2):
                await self._process.wait()
        except TimeoutError:
            self._let_go()
            await self._process.wait()
        self._let_go()
        if self._agent is not None:
            os.close(self._agent)
            self._agent = None
        return (await self._errors).strip()

    async def abandon(self) -> None:
        """End them, and wait for that."""
        self.requests.close()
        self.kill()
        await self.ended()

    def _let_go(self) -> None:
        """Have the guard end everything. Killed itself, it would leave the rest to chance."""
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None


async def _whole(making: Coroutine[Any, Any, T], undo: Callable[[T], Coroutine[Any, Any, None]]) -> T:
    """What `making` makes. Where the caller is cancelled it still comes to its end, and is then undone."""
    task = asyncio.create_task(making)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(SandboxUnavailable, OSError):
            await undo(await task)
        raise


async def _spawn(command: list[str], handover: Handover) -> Processes:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            pass_fds=handover.passed,
            cwd="/",
            env={},
            start_new_session=True,  # a Ctrl-C is the framework's to handle
        )
    except OSError as error:
        raise SandboxUnavailable(f"{command[0]} could not be started ({error.strerror})") from None
    return Processes(process, handover.take_leash())


async def _tail(stream: asyncio.StreamReader) -> str:
    kept = b""
    while data := await stream.read(4096):
        kept = (kept + data)[-4000:]
    return kept.decode(errors="replace")


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
    """Refuse a sandbox that is looser than its caps; what is asked here has been seen to go wrong."""
    faults = {
        "it runs with the kernel's uid 0": seen_uid == 0 or (own_uid is not None and seen_uid != own_uid),
        "its agent is not PID 1": hello.get("pid") != 1,
        "its agent can be traced": hello.get("undumpable") is not True,
        "it has capabilities": hello.get("capabilities") != 0,
        "its filter of system calls is not in force": hello.get("seccomp") != 2
        and seccomp_filter(platform.machine()) is not None,
        "the machine's /proc is writable": hello.get("proc_writable") is not False,
        "it has a network": hello.get("interfaces") != ["lo"],
    }
    found = [fault for fault, present in faults.items() if present]
    if found:
        raise SandboxUnavailable(f"the sandbox is not tight, so it was ended: {'; '.join(found)}")


def next_step(switches: Path = Path("/proc/sys")) -> str:
    """What to do where `bwrap` is there and makes no sandbox, as the kernel's switches tell."""
    for name, (value, advice) in _USERNS_SWITCHES.items():
        switch = switches / name
        if switch.exists() and switch.read_text().strip() == value:
            return advice
    return f"bubblewrap needs user namespaces (a container may have to allow them); {INSTALL}"


def _source(stage: str) -> str:
    return (Path(__file__).parent / stage).read_text(encoding="utf-8")
