"""Warm sandboxes: opened ahead, checked when they are taken, never used twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from functools import partial
from typing import Any, Generic, Protocol, Self, TypeVar

from .base import Sandbox, SandboxError, SandboxGone

S = TypeVar("S", bound=Sandbox)
S_co = TypeVar("S_co", bound=Sandbox, covariant=True)

Sibling = Callable[[], Coroutine[Any, Any, S]]


class Launcher(Hashable, Protocol[S_co]):
    """Opens sandboxes that are all alike; two that are equal open the same: backend, image, profile, layers."""

    async def open(self, sibling: Callable[[], Coroutine[Any, Any, Any]] | None = None) -> S_co:
        """A new sandbox, whose forks begin with what `sibling` opens (None: one like itself)."""
        ...


class Pool(Generic[S]):
    """Keeps `ahead` sandboxes of each kind that was asked for ready, `most` in all, the least asked for given up first.

    `at_once` are opened at a time: more would only take the processors from those that work.
    """

    def __init__(self, *, ahead: int = 1, most: int = 8, at_once: int = 4) -> None:
        self._ahead = ahead
        self._most = most
        self._opening = asyncio.Semaphore(at_once)
        self._kinds: OrderedDict[Launcher[S], deque[asyncio.Task[S]]] = OrderedDict()
        self._ends: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    @property
    def ready(self) -> int:
        """The sandboxes that can be taken at once."""
        tasks = [task for kind in self._kinds.values() for task in kind]
        return sum(task.done() and not task.cancelled() and task.exception() is None for task in tasks)

    def warm(self, launcher: Launcher[S]) -> None:
        """Begin to open what will be asked for soon."""
        kind = self._kind(launcher)
        while len(kind) < self._ahead and not self._closed:
            kind.append(asyncio.create_task(self._open(launcher)))
        self._shrink()

    async def take(self, launcher: Launcher[S]) -> S:
        """A sandbox that nobody has used, the caller's to close; its forks come from here, too.

        SandboxUnavailable where none can be opened; SandboxGone where the pool was closed.
        """
        while True:
            if self._closed:
                raise SandboxGone("the pool of sandboxes was closed")
            kind = self._kind(launcher)
            if not kind:
                return await self._fresh(launcher)
            with suppress(SandboxError):  # what failed or ended while it waited says nothing of now
                sandbox = await self._whole(kind.popleft())
                await self._check(sandbox)
                self.warm(launcher)  # only now: the next one's opening would compete with the check
                return sandbox

    async def _fresh(self, launcher: Launcher[S]) -> S:
        sandbox = await self._whole(asyncio.create_task(self._open(launcher)))
        self.warm(launcher)
        return sandbox

    async def _check(self, sandbox: S) -> None:
        try:
            await sandbox.stat(".")  # the least that it can be asked; `health` looks at more than is needed here
        except BaseException:
            end = asyncio.create_task(_close(sandbox))
            self._ends.add(end)
            end.add_done_callback(self._ends.discard)
            raise

    async def close(self) -> None:
        """End those that nobody took. Taken ones are their takers'. Harmless twice."""
        self._closed = True
        for kind in self._kinds.values():
            for task in kind:
                self._give_up(task)
        self._kinds.clear()
        while self._ends:
            await asyncio.gather(*self._ends)

    def _kind(self, launcher: Launcher[S]) -> deque[asyncio.Task[S]]:
        kind = self._kinds.setdefault(launcher, deque())
        self._kinds.move_to_end(launcher)
        return kind

    async def _open(self, launcher: Launcher[S]) -> S:
        async with self._opening:
            return await launcher.open(partial(self.take, launcher))

    async def _whole(self, task: asyncio.Task[S]) -> S:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._give_up(task)
            raise

    def _shrink(self) -> None:
        while sum(map(len, self._kinds.values())) > self._most:
            launcher, kind = next(iter(self._kinds.items()))
            if kind:
                self._give_up(kind.popleft())
            if not kind:
                del self._kinds[launcher]

    def _give_up(self, task: asyncio.Task[S]) -> None:
        end = asyncio.create_task(_end(task))
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)


async def _close(sandbox: Sandbox) -> None:
    with suppress(SandboxError):
        await sandbox.close()


async def _end(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, SandboxError):
        sandbox: Sandbox = await task
        await sandbox.close()
