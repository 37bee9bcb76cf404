"""The keeper of root's sandboxes: what it has ends with it, nothing of it stays, and it comes back when needed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from slipway.sandboxes import Command, FileContent, Limits, Sandbox, SandboxGone, SandboxUnavailable
from slipway.sandboxes.bubblewrap import bubblewrap_launcher, close_keepers, open_bubblewrap
from slipway.sandboxes.bubblewrap.kept import PipeEnd

from ...clocks import until

LIMITS = Limits(memory_bytes=256 << 20, workspace_bytes=32 << 20, workspace_files=3000)
Find = Callable[[], list[int]]


@pytest.fixture
async def source(keepers: Find) -> Sandbox:
    """The first sandbox of a new keeper."""
    await asyncio.to_thread(close_keepers)
    await until(lambda: not keepers())
    try:
        return await open_bubblewrap(LIMITS)
    except SandboxUnavailable as error:
        pytest.skip(str(error))


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def gone(pid: int) -> bool:
    """Dead, that is; who collects it is another question."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


async def test_sandboxes_that_are_alike_have_one_keeper(source: Sandbox, keeper: int | None, keepers: Find) -> None:
    launcher = await bubblewrap_launcher(LIMITS)
    others = await asyncio.gather(*[launcher.open() for _ in range(4)])
    assert keepers() == ([] if keeper is None else [keeper])
    await asyncio.gather(source.close(), *[other.close() for other in others])


async def test_what_it_has_ends_with_it_and_the_next_sandbox_gets_another_one(
    source: Sandbox, keeper: int | None, keepers: Find, agents: Find
) -> None:
    """Nothing may outlive it: it is PID 1 of the namespace in which all of them are."""
    if keeper is None:
        await source.close()
        return
    other = await open_bubblewrap(LIMITS)
    assert len(agents()) == 2
    os.kill(keeper, signal.SIGKILL)
    await until(lambda: gone(keeper))
    for sandbox in (source, other):
        with pytest.raises(SandboxGone):
            await sandbox.exec(Command(("true",)))
        await sandbox.close()
    assert agents() == []
    again = await open_bubblewrap(LIMITS)
    assert keepers() not in ([], [keeper])
    await again.close()


async def test_closing_it_ends_everything(source: Sandbox, keeper: int | None) -> None:
    if keeper is not None:
        await asyncio.to_thread(close_keepers)
        await until(lambda: gone(keeper))
        with pytest.raises(SandboxGone):
            await source.read("a")
    await source.close()


async def test_nothing_is_left_of_many(source: Sandbox, keeper: int | None, agents: Find) -> None:
    """Descriptors, mounts and processes, with the framework and with the keeper."""
    await (await source.fork()).close()

    def held() -> list[int]:
        own = [descriptors(), len(agents())]
        if keeper is None:
            return own
        mounts = Path(f"/proc/{keeper}/mountinfo").read_text().splitlines()
        children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
        return [*own, len(list(Path(f"/proc/{keeper}/fd").iterdir())), len(mounts), len(children)]

    async def use() -> None:
        sandbox = await open_bubblewrap(LIMITS)
        await sandbox.write({"a": FileContent(bytes(1 << 20))})
        fork = await sandbox.fork()
        await sandbox.close()
        assert (await fork.exec(Command(("sleep", "60"), timeout=0.05))).timed_out
        await fork.close()

    before = held()
    for _ in range(3):
        await asyncio.gather(*[use() for _ in range(4)])
    assert held() == before
    await source.close()


async def test_an_agent_that_is_killed_takes_its_sandbox_along(source: Sandbox, agents: Find) -> None:
    [agent] = agents()
    os.kill(agent, signal.SIGKILL)
    with pytest.raises(SandboxGone):
        await source.read("a")
    await source.close()


class Contested(PipeEnd):
    """One whose number is another file's by the time that the transport closes it."""

    def close(self) -> None:
        another = os.open(os.devnull, os.O_RDONLY)
        if another != self.fileno():
            os.dup2(another, self.fileno())
            os.close(another)
        super().close()
        os.fstat(self.fileno())
        self.whole = True


def test_where_uvloop_closes_a_pipe_nothing_of_another_thread_is_closed() -> None:
    """`langgraph dev` runs on it. It closes the descriptor, and then what it was given, whoever has that number now."""

    async def use() -> Contested:
        end, other = os.pipe()
        pipe = Contested(end)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(asyncio.Protocol, pipe)
        os.close(other)
        transport.close()
        await asyncio.sleep(0.1)
        return pipe

    pipe = uvloop.run(use())
    assert pipe.whole
    os.close(pipe.fileno())
