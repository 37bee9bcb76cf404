"""Checks run on files in a real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check, Subject, result_of
from slipway.sandboxes import ANALYSIS, BASICS, FileContent, Sandbox, open_sandbox
from slipway.state import CheckResult

_TOOLS = (BASICS, ANALYSIS)


@pytest.fixture
async def sandbox(cache_dir: Path) -> AsyncIterator[Sandbox]:
    """A real sandbox with the toolchain."""
    sandbox = await open_sandbox(cache_dir=cache_dir)
    yield sandbox
    await sandbox.close()


@pytest.fixture
async def analysed(cache_dir: Path) -> AsyncIterator[Sandbox]:
    """A real sandbox that has the tools of the gate too."""
    sandbox = await open_sandbox(cache_dir=cache_dir, tools=_TOOLS)
    yield sandbox
    await sandbox.close()


async def judge(check: Check, sandbox: Sandbox, files: dict[str, str]) -> CheckResult:
    """What `check` says of `files`, in a fork of `sandbox`; its time is left out."""
    fork = await sandbox.fork()
    try:
        await fork.write({path: FileContent(text.encode()) for path, text in files.items()})
        result = await result_of(check, Subject(fork, await fork.snapshot()))
    finally:
        await fork.close()
    return result.model_copy(update={"seconds": 0.0})


@pytest.fixture
def judged(analysed: Sandbox) -> Callable[[Check, dict[str, str]], Awaitable[CheckResult]]:
    """Runs one check of the gate on some files, as it runs there: in a fork."""

    async def run(check: Check, files: dict[str, str]) -> CheckResult:
        return await judge(check, analysed, files)

    return run


@pytest.fixture
def checked(sandbox: Sandbox) -> Callable[[Check, dict[str, str]], Awaitable[CheckResult]]:
    """Runs one check on some files; its time, which is another on each run, is left out."""

    async def run(check: Check, files: dict[str, str]) -> CheckResult:
        await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
        result = await result_of(check, Subject(sandbox, await sandbox.snapshot()))
        assert 0 <= result.seconds < 60
        tests = tuple(test.model_copy(update={"seconds": 0.0}) for test in result.tests)
        return result.model_copy(update={"seconds": 0.0, "tests": tests})

    return run
