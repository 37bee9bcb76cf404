"""Processes to kill: forked from one that has loaded everything (what takes two seconds), or fresh ones."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Protocol

_LOADED = ["slipway.cli.main", "slipway.cli.build", "slipway.cli.resume", "slipway.cli.scripted", "langchain_openai"]


class Child(Protocol):
    """A process that runs a command of `slipway`."""

    pid: int

    async def wait(self) -> int:
        """Its exit code; below zero is the signal that ended it."""
        ...

    def kill(self) -> None:
        """SIGKILL."""
        ...


class Launcher:
    """Starts commands of `slipway`, their output in files."""

    def __init__(self) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_LOADED)

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: Path, *, fresh: bool = False
    ) -> Child:
        """Run `slipway ARGUMENTS`; stdout goes to `output`, stderr to the file of that name with `.err` behind."""
        if fresh:
            return _Fresh(arguments, environment, output)
        return _Forked(self._context, arguments, environment, output)


class _Waited:
    """Waits once for a process, however many ask."""

    def __init__(self, end: Callable[[], int]) -> None:
        self._end = end
        self._ending: asyncio.Task[int] | None = None

    async def wait(self) -> int:
        if self._ending is None:
            self._ending = asyncio.create_task(asyncio.to_thread(self._end))
        return await asyncio.shield(self._ending)


class _Forked(_Waited):
    def __init__(
        self, context: ForkServerContext, arguments: Sequence[str], environment: Mapping[str, str], output: Path
    ) -> None:
        words = (list(arguments), dict(environment), str(output))
        self._process = context.Process(target=_main, args=words, daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        super().__init__(self._joined)

    def _joined(self) -> int:
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


class _Fresh(_Waited):
    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], output: Path) -> None:
        with output.open("wb") as out, _errors(output).open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "slipway", *arguments], env=dict(environment), stdout=out, stderr=err
            )
        self.pid = self._process.pid
        super().__init__(self._process.wait)

    def kill(self) -> None:
        self._process.kill()


def _errors(output: Path) -> Path:
    return output.with_name(output.name + ".err")


def _main(arguments: list[str], environment: dict[str, str], output: str) -> None:
    from slipway.cli.main import main  # loaded already in the process that this one is forked from

    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, Path(output)), (2, _errors(Path(output)))):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.argv = ["slipway", *arguments]
    sys.exit(main(arguments))
