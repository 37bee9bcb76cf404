"""Sandboxes of an ordinary user: one `bwrap` each, behind a guard."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from ..base import Limits, SandboxUnavailable
from ..resident.greeting import whole
from .cgroups import Group, make_groups
from .handover import Handover
from .stages import guard, python

_ENTER = 'echo 0 > "$1" && shift && exec "$@"'
"""A script that enters the control group whose `cgroup.procs` is its first argument, and becomes the rest of them."""


async def start_alone(handover: Handover, limits: Limits, command: list[str]) -> Processes:
    """Start `command`, a sandbox, which ends when the framework does. Closes `handover` where it cannot."""

    async def undo(made: Membership) -> None:
        made.close()

    try:
        member = await whole(asyncio.to_thread(Membership, limits), undo)
        guarded = [*python(), guard(), ",".join(map(str, handover.watched)), member.folder, *member.entering, *command]
        try:
            # Cancelled, asyncio would kill the guard, and nothing would watch over the rest.
            return await whole(_spawn(guarded, handover, member), Processes.abandon)
        except BaseException:
            await asyncio.to_thread(member.close)
            raise
    except BaseException:
        handover.close()
        raise


class Membership:
    """The control group of a sandbox, where there is one."""

    def __init__(self, limits: Limits) -> None:
        self._groups = make_groups()
        self.group: Group | None = self._groups.group(limits) if self._groups else None
        self.folder = str(self._groups.folder) if self._groups else ""
        procs = str(self.group.folder / "cgroup.procs") if self.group else ""
        self.entering = ["/bin/sh", "-c", _ENTER, "sh", procs] if self.group else []

    def close(self) -> None:
        """Take it away. Blocks; harmless twice."""
        if self._groups is not None and self.group is not None:
            self.group.close()
            self._groups.close()


async def _spawn(command: list[str], handover: Handover, member: Membership) -> Processes:
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
    return Processes(process, handover, member)


class Processes:
    """The processes of one sandbox, seen from the host."""

    def __init__(self, process: asyncio.subprocess.Process, handover: Handover, member: Membership) -> None:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        self.requests = process.stdin
        self.replies = process.stdout
        self._process = process
        self._handover = handover
        self._member = member
        self.group = member.group
        self._agent: int | None = None
        self._leash: int | None = handover.take_leash()
        self._errors = asyncio.ensure_future(tail(process.stderr))

    async def meet(self) -> int:
        """Take hold of the agent, by a descriptor: a number could come to mean another process. Its number now."""
        number = await asyncio.to_thread(self._handover.agent_pid)
        self._agent = os.pidfd_open(number)
        self._handover.close()
        return number

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
        self._handover.close()
        await asyncio.to_thread(self._member.close)
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


async def tail(stream: asyncio.StreamReader) -> str:
    """The last of what is said on `stream`, when it has ended."""
    kept = b""
    while data := await stream.read(4096):
        kept = (kept + data)[-4000:]
    return kept.decode(errors="replace")
