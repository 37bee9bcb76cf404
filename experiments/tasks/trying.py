"""Requests of tasks, tried in sandboxes: whether files are accepted, and which of their tests fail of a fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol, TypeVar

from ...checks import Subject, Tests, is_test_file, result_of
from ...checks.node import NodeTests, is_node_test_file
from ...checks.sessions import Ran, Session, SessionsLost, forked, run_sessions
from ...config import Settings
from ...config.packing import find_pack
from ...config.task import Files, Task
from ...config.tasking import standing
from ...graphs.acceptance import accept_files
from ...graphs.kits import NONE, needed
from ...sandboxes import NODE, ExecResult, FileContent, Sandbox, Sandboxes, open_sandboxes
from ...state.records import CheckResult

T = TypeVar("T")

_AT_ONCE = 2
_TESTS = 120.0
"""Seconds that the tests of one project may take."""


class Grounds:
    """Empty sandboxes for tasks, with what their packs provide, each opened when it is first needed."""

    def __init__(self, sandboxes: Sandboxes, stack: AsyncExitStack) -> None:
        self._sandboxes = sandboxes
        self._stack = stack
        self._opened: dict[tuple[str, bool], Sandbox] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def trial(self, task: Task, number: int) -> Trial:
        """Request `number` of `task`, from 0, to be tried; DependenciesRefused where its pack cannot be had."""
        kind = (task.pack, any(map(is_node_test_file, standing(task, number))))
        if kind not in self._opened:
            self._opened[kind] = await self._open(*kind)
        return Trial(task, number, self._opened[kind], self._turns)

    async def _open(self, name: str, with_node: bool) -> Sandbox:
        pack = None if name == NONE else await asyncio.to_thread(find_pack, name)
        equipped = await self._sandboxes.equip([NODE] if with_node else [])
        sandbox = await (await equipped.install(needed(pack))).open()
        self._stack.push_async_callback(sandbox.close)
        return sandbox


@asynccontextmanager
async def open_grounds(settings: Settings) -> AsyncGenerator[Grounds]:
    """Sandboxes as `settings` say, closed at exit. SandboxUnavailable where there are none."""
    async with (
        open_sandboxes(settings.sandbox, settings.folders.cache, run="suite", ahead=0) as sandboxes,
        AsyncExitStack() as stack,
    ):
        yield Grounds(sandboxes, stack)


class Trial:
    """One request of a task; what is tried is tried in forks of an empty sandbox, some of them at the same time."""

    def __init__(self, task: Task, number: int, empty: Sandbox, turns: asyncio.Semaphore) -> None:
        self.task = task
        self.number = number
        self.step = task.steps[number]
        self.before = standing(task, number - 1)
        """The project that the request is made for."""
        self.after = standing(task, number)
        """The project as the reference leaves it."""
        self.tests = tuple(sorted(path for path in self.after if is_test_file(path)))
        """Its files of tests that pytest runs."""
        self._empty = empty
        self._turns = turns

    async def accepted(self, files: Files) -> ExecResult:
        """What the hidden check says of `files`. SandboxRefusal where they cannot be written."""
        async with self._turns, forked(self._empty) as fork:
            return await accept_files(fork, contents(files), self.step.acceptance, self.task.acceptance)

    async def tested(self) -> list[CheckResult]:
        """What the checks that run tests say of the reference; none where it has no tests.

        SandboxRefusal where its files cannot be written.
        """
        checks = [*([Tests(_TESTS)] if self.tests else []), *([NodeTests()] if self._of_node() else [])]
        results: list[CheckResult] = []
        for check in checks:
            async with self._turns, forked(self._empty) as fork:
                await fork.write(contents(self.after))
                results.append(await result_of(check, Subject(fork, await fork.snapshot())))
        return results

    @asynccontextmanager
    async def workspace(self, files: Files) -> AsyncGenerator[Sandbox]:
        """A sandbox that holds `files`. SandboxRefusal where they cannot be written."""
        async with self._turns, forked(self._empty) as fork:
            await fork.write(contents(files))
            yield fork

    def _of_node(self) -> bool:
        return any(map(is_node_test_file, self.after))

    async def sessions(self, edits: Sequence[Mapping[str, str]], seconds: float = _TESTS) -> list[Ran | None]:
        """What pytest says of the reference with each of `edits`, path -> text of a file; None: it was lost."""
        shares = await together(self._share(edits[at::_AT_ONCE], seconds) for at in range(_AT_ONCE))
        return [shares[number % _AT_ONCE][number // _AT_ONCE] for number in range(len(edits))]

    async def _share(self, edits: Sequence[Mapping[str, str]], seconds: float) -> list[Ran | None]:
        done: list[Ran] = []
        if edits and self.tests:
            sessions = [Session(self.tests, seconds, edits=edit) for edit in edits]
            async with self._turns, forked(self._empty) as fork:
                await fork.write(contents(self.after))
                try:
                    done = await run_sessions(fork, sessions, seconds * len(sessions))
                except SessionsLost:
                    done = []
        return [*done, *[None] * (len(edits) - len(done))]


async def together(all_of: Iterable[Awaitable[T]]) -> list[T]:
    """The results of `all_of`, in order; an error is raised once none of them runs any more."""
    done = await asyncio.gather(*all_of, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return [each for each in done if not isinstance(each, BaseException)]


def contents(files: Files) -> dict[str, FileContent]:
    """`files` as a sandbox takes them."""
    return {path: FileContent(data) for path, data in files.items()}


class Place(Protocol):
    """Lines of a file, such as those of a bug."""

    @property
    def file(self) -> str:
        """Its path."""
        ...

    @property
    def old(self) -> str:
        """The lines as they should be, which stand there once."""
        ...


def with_fault(files: Files, place: Place, text: str) -> dict[str, bytes]:
    """`files` with `text` at `place`."""
    return {**files, place.file: files[place.file].replace(place.old.encode(), text.encode())}


def edit_of(files: Files, place: Place, text: str) -> dict[str, str]:
    """The file of `place` alone, with `text` there: what a session edits."""
    return {place.file: files[place.file].decode().replace(place.old, text)}


def failing(ran: Ran | None, usual: Sequence[str]) -> tuple[str, ...]:
    """Those of the tests that `usual` pass which did not pass in a session; none where there was no session."""
    if ran is None:
        return ()
    passed = ran.passed()
    return tuple(test for test in usual if test not in passed)
