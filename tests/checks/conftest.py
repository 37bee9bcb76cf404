"""Checks run on files in a real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check, Subject
from slipway.sandboxes import FileContent, Sandbox, open_sandbox
from slipway.state import CheckResult


@pytest.fixture
async def sandbox(cache_dir: Path) -> AsyncIterator[Sandbox]:
    """A real sandbox with the toolchain."""
    sandbox = await open_sandbox(cache_dir=cache_dir)
    yield sandbox
    await sandbox.close()


@pytest.fixture
def checked(sandbox: Sandbox) -> Callable[[Check, dict[str, str]], Awaitable[CheckResult]]:
    """Runs one check on some files; its time, which is another on each run, is left out."""

    async def run(check: Check, files: dict[str, str]) -> CheckResult:
        await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
        result = await check.run(Subject(sandbox, await sandbox.snapshot()))
        assert 0 <= result.seconds < 60
        tests = tuple(test.model_copy(update={"seconds": 0.0}) for test in result.tests)
        return result.model_copy(update={"seconds": 0.0, "tests": tests})

    return run
