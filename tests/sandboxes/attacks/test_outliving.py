"""Attacks that the host has to look at: what is left of a command, of a sandbox, of a framework that is gone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from textwrap import dedent
from typing import Any

import pytest

from slipway.sandboxes import Command, Sandbox, SandboxGone

from ...clocks import Stopwatch, until, within

pytestmark = pytest.mark.asyncio(loop_scope="module")

Find = Callable[[str], list[int]]


def nap(seconds: int) -> str:
    """So many seconds, and a little: a word that no other process of this machine has."""
    return f"{seconds}.{os.getpid():07}"


STAY = """
import os, signal, time
for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp('sleep', ['sleep', os.environ['NAP']])
time.sleep(float(os.environ['STAY']))
"""


async def gone(left: Find, word: str, seconds: float) -> bool:
    return await within(seconds, lambda: not left(word))


@asynccontextmanager
async def running(sandbox: Sandbox, word: str, left: Find) -> AsyncIterator[asyncio.Task[Any]]:
    """A command that sleeps for `word` seconds, seen from the host."""
    task = asyncio.create_task(sandbox.exec(Command(("sleep", word))))
    await until(lambda: bool(left(word)))
    yield task


@pytest.mark.parametrize("timeout", [0.7, 60.0], ids=["past its timeout", "past its parent"])
async def test_nothing_outlives_its_command(own_sandbox: Sandbox, timeout: float, left: Find) -> None:
    """
    item = "setsid and daemons past a timeout"
    tries = "grandchildren in sessions of their own, looked for on the host"
    safe = "when the result is there, the machine has no process of the command"
    """
    stay = {"STAY": "60" if timeout < 1 else "0.3", "NAP": nap(86399)}
    result = await own_sandbox.exec(Command(("python3", "-c", STAY), timeout=timeout, env=stay))
    assert result.timed_out == (timeout < 1)
    assert result.seconds < 30
    assert left(nap(86399)) == []


async def test_closing_is_prompt_even_while_a_command_runs(own_sandbox: Sandbox, left: Find) -> None:
    """
    item = "nothing after stop"
    tries = "a command that runs while the sandbox is closed"
    safe = "closed within a second; the command is gone from the machine, and its caller is told"
    """
    async with running(own_sandbox, nap(86398), left) as task:
        with Stopwatch() as took:
            await own_sandbox.close()
        assert took.seconds < 1.0
        assert left(nap(86398)) == []
        with pytest.raises(SandboxGone):
            await task


async def test_a_cancelled_command_takes_the_sandbox_along(own_sandbox: Sandbox, left: Find) -> None:
    """
    item = "nothing after stop"
    tries = "a command whose caller gives up: nobody knows what it has done to the workspace"
    safe = "the sandbox ends, and says so to the next caller"
    """
    async with running(own_sandbox, nap(86397), left) as task:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    with pytest.raises(SandboxGone):
        await own_sandbox.exec(Command(("true",)))
    await own_sandbox.close()
    assert await gone(left, nap(86397), 1.0)


FRAMEWORK = """
import asyncio, sys
from slipway.sandboxes import Command, Limits

async def main():
    sandboxes = await asyncio.gather(*[opened(Limits(), sys.argv[1]) for _ in range(3)])
    work = Command(("sh", "-c", "setsid sleep NAP & sleep NAP".replace("NAP", sys.argv[2])))
    await asyncio.gather(*[sandbox.exec(work) for sandbox in sandboxes])

asyncio.run(main())
"""


async def test_a_killed_framework_leaves_nothing(target: Any, left: Find) -> None:
    """
    item = "framework killed"
    tries = "SIGKILL of the framework while three sandboxes work, each with a daemon"
    safe = "nothing of them is on the machine after two seconds"
    """
    with subprocess.Popen(
        [sys.executable, "-c", target.source + dedent(FRAMEWORK), target.place, nap(86396)]
    ) as framework:
        while len(left(f"sleep {nap(86396)}")) < 6:
            assert framework.poll() is None
            await asyncio.sleep(0.02)
        framework.kill()
    assert await gone(left, nap(86396), 2.0)


async def test_a_stopped_framework_is_no_way_out(target: Any, left: Find) -> None:
    """
    item = "framework killed"
    tries = "a framework that is stopped (SIGSTOP), as by a debugger, and then killed"
    safe = "nothing is on the machine after two seconds"
    """
    with subprocess.Popen(
        [sys.executable, "-c", target.source + dedent(FRAMEWORK), target.place, nap(86396)]
    ) as framework:
        while len(left(f"sleep {nap(86396)}")) < 6:
            assert framework.poll() is None
            await asyncio.sleep(0.02)
        framework.send_signal(19)
        framework.kill()
    assert await gone(left, nap(86396), 2.0)


async def test_a_fork_holds_none_of_the_others_places(own_sandbox: Sandbox) -> None:
    """
    item = "planted start-up files"
    tries = "start-up files in the home, /tmp and /dev/shm, for whoever works on a fork of the sandbox"
    safe = "a fork holds the workspace alone"
    """
    plant = "for place in /workspace /tmp /dev/shm $HOME; do echo trap > $place/.profile; done"
    assert (await own_sandbox.exec(Command.shell(plant))).ok
    fork = await own_sandbox.fork()
    found = await fork.exec(Command.shell("ls -A /workspace; ls -A /tmp /dev/shm $HOME | grep -v : | grep ."))
    await fork.close()
    assert found.stdout.text == ".profile\n"
