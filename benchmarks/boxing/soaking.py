"""Many sandboxes opened, used and closed by many users at once, and everything counted before and after."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal

from slipway.sandboxes import Command, FileContent, Sandbox, SandboxError
from slipway.sandboxes.pool import Pool

from . import census
from .ours import Backend, backend

Way = Literal["pool", "direct"]
WAYS: tuple[Way, ...] = ("direct", "pool")

_SETTLE = 30.0
"""Seconds until what ends by itself, such as a keeper without sandboxes, has to have ended."""
_WORK = Command.shell(
    "cat in/text > out; setsid sleep 1000 & (setsid setsid sleep 1000 &) ; mkdir -p made/deep; wait -n & exit 0"
)
MEMORY = 16 << 10
"""KiB that this process may grow by: an interpreter's memory never goes back quite to where it was."""
_TMPFS = 8 << 10
"""KiB, of the whole machine."""
_OTHERS = 16
"""Descriptors that an Engine's programs may open for themselves."""


@dataclass(frozen=True)
class Soaked:
    """What a passage left behind."""

    backend: str
    way: Way
    sandboxes: int
    seconds: float
    failures: list[str]
    before: dict[str, int]
    after: dict[str, int]
    left: dict[str, list[str]]
    """Things that were not there before, by kind."""

    @property
    def grown(self) -> list[str]:
        """The counts that are beyond where they were, and what is allowed."""
        return [name for name in self.before if self.after[name] > self.before[name] + _allowed(name)]

    @property
    def memory(self) -> float:
        """MiB that this process grew by."""
        return (self.after["memory, KiB"] - self.before["memory, KiB"]) / 1024


def _allowed(name: str) -> int:
    match name:
        case "memory, KiB":
            return MEMORY
        case "memory in tmpfs, KiB":
            return _TMPFS
        case _:
            return _OTHERS if name.startswith("descriptors of") else 0


async def soak(name: str, way: Way, place: census.Place, sandboxes: int, users: int) -> Soaked:
    """Open `sandboxes` in all, `users` at a time."""
    async with backend(name, place.host) as one:
        await _fill(one)
        await _passage(one, way, max(users, sandboxes // 10), users)
        things, before, pids = await _settled(place)
        began = time.perf_counter()
        failures = await _passage(one, way, sandboxes, users)
        seconds = time.perf_counter() - began
        left, after, _ = await _settled(place, things, before, pids)
        new = left.beyond(things)
    return Soaked(name, way, sandboxes, seconds, failures, before, after, new)


async def _fill(one: Backend) -> None:
    """Have every thread started that will ever be, so that their number says something."""
    await asyncio.gather(*[asyncio.to_thread(time.sleep, 0.05) for _ in range(64)])
    if one.engine is not None:
        await asyncio.gather(*[one.engine.ask(time.sleep, 0.05) for _ in range(64)])


async def _passage(one: Backend, way: Way, sandboxes: int, users: int) -> list[str]:
    failures: list[str] = []
    numbers = iter(range(sandboxes))
    async with AsyncExitStack() as stack:
        if way == "pool":
            pool: Pool[Any] = await stack.enter_async_context(Pool(ahead=4, most=8, at_once=4))
            opened: Callable[[], Awaitable[Sandbox]] = lambda: pool.take(one.launcher)  # noqa: E731
        else:
            opened = one.launcher.open
        await asyncio.gather(*[_user(opened, numbers, failures) for _ in range(users)])
    return failures


async def _user(opened: Callable[[], Awaitable[Sandbox]], numbers: Iterator[int], failures: list[str]) -> None:
    for number in numbers:
        try:
            await _use(await opened(), number)
        except SandboxError as error:
            failures.append(f"{number}: {error}")


async def _use(sandbox: Sandbox, number: int) -> None:
    try:
        text = f"{number}\n".encode() * 1000
        await sandbox.write({"in/text": FileContent(text)})
        done = await sandbox.exec(_WORK)
        assert done.ok and await sandbox.read("out") == text, done
    finally:
        await sandbox.close()


async def _settled(
    place: census.Place,
    things: census.Things | None = None,
    counts: dict[str, int] | None = None,
    pids: list[int] | None = None,
) -> tuple[census.Things, dict[str, int], list[int]]:
    """What there is once it stays the same, or is what it was before."""
    until = time.monotonic() + _SETTLE
    last = None
    while True:
        gc.collect()
        now = await asyncio.to_thread(place.things)
        alive = [int(name.split()[0]) for name in now.processes]
        counted = {**census.counts(), **census.standing(alive if pids is None else pids)}
        if things is not None and counts is not None:
            calm = not now.beyond(things) and all(counted[name] <= counts[name] + _allowed(name) for name in counts)
        else:
            calm = last == (now.processes, now.mounts) and not any("-I -S -c" in name for name in now.processes)
        if calm or time.monotonic() > until:
            return now, counted, alive
        last = (now.processes, now.mounts)
        await asyncio.sleep(0.5)


def progress(done: Soaked) -> None:
    """Say that it is done."""
    rate = done.sandboxes / done.seconds
    print(f"{done.backend}, {done.way}: {done.sandboxes} in {done.seconds:.0f} s, {rate:.1f} a second", file=sys.stderr)
