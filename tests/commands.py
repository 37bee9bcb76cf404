"""Commands of `slipway` in processes of their own, forked from one that has loaded what takes two seconds to load.

All else is as `python -m slipway` has it: arguments, environment, streams, signals, exit code. What is about the start
itself, about a terminal, or about the environment that the kernel tells of a process, needs a fresh one.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

_LOADED = [
    "langchain_openai",
    "slipway.sandboxes.docker",
    *(f"slipway.cli.{name}" for name in (
        "answer", "branch", "build", "demo", "diff", "doctor", "experiment", "fork", "gc", "importing", "main", "pack",
        "preview", "replay", "resume", "rollback", "runs", "scripted", "show", "simulate", "steering", "suite",
    )),
]  # fmt: skip


class Started:
    """A command that runs; what it says is in files, and is there at once."""

    def __init__(self, words: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.args = words
        self._folder = tempfile.TemporaryDirectory(prefix="slipway-said-")
        self._files = [Path(self._folder.name, name) for name in ("out", "err")]
        for file in self._files:
            file.touch()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_LOADED)
        self._process = context.Process(target=_run, args=(words, dict(environment), self._files), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, None while it runs; below zero is the signal that ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    def line(self, timeout: float = 60) -> str:
        """Its first line on stdout, as soon as there is one."""
        deadline = time.monotonic() + timeout
        while not (said := self._said()[0]).count("\n"):
            assert self.poll() is None and time.monotonic() < deadline, self._said()
            time.sleep(0.005)
        return said[: said.index("\n") + 1]

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end; all that it said on stdout and on stderr."""
        self.wait(timeout)
        return self._said()

    def close(self) -> None:
        """End it, if it runs, and forget what it said."""
        if self.poll() is None:
            self.kill()
            self._process.join()
        self._process.close()
        self._folder.cleanup()

    def _said(self) -> tuple[str, str]:
        out, err = (file.read_text() for file in self._files)
        return out, err


def run(*words: str, environment: Mapping[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    started = Started(words, environment)
    try:
        out, err = started.communicate(timeout)
        return subprocess.CompletedProcess(words, started.wait(), out, err)
    finally:
        started.close()


def _run(words: tuple[str, ...], environment: dict[str, str], files: list[Path]) -> None:
    from slipway.cli.main import main  # loaded by the process that this one is forked from

    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate((Path(os.devnull), *files)):
        opened = os.open(path, os.O_WRONLY | os.O_APPEND if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["slipway", *words]
    try:
        sys.exit(main())
    finally:
        # Such a process ends without what others do at their end.
        atexit._run_exitfuncs()
