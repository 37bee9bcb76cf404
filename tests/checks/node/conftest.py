"""Checks of JavaScript run in a real sandbox, with the tools from their layer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from slipway.checks import Check, Subject, result_of
from slipway.config import load_settings
from slipway.sandboxes import NODE, FileContent, Limits, Sandbox, open_sandboxes
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.state import CheckResult

Checked = Callable[[Check, Mapping[str, str]], Awaitable[CheckResult]]
Layers = list[tuple[Path, str]]


@pytest.fixture(scope="session", autouse=True)
def tools(cache_dir: Path) -> Layers:
    """The layer of the tools. It is made before a test begins, since a test reaches no registry."""

    async def make() -> Layers:
        settings = load_settings().sandbox.model_copy(update={"backend": "bubblewrap"})
        async with open_sandboxes(settings, cache_dir, tools=(NODE,), ahead=0) as sandboxes:
            assert sandboxes.missing == {}
            return list(sandboxes.layers)

    return asyncio.run(make())


@pytest.fixture
async def bubblewrap(tools: Layers) -> AsyncIterator[Sandbox]:
    """A real sandbox with the tools."""
    sandbox = await open_bubblewrap(Limits(), tools)
    yield sandbox
    await sandbox.close()


@pytest.fixture
def checked(bubblewrap: Sandbox) -> Checked:
    """Runs a check on some files."""

    async def run(check: Check, files: Mapping[str, str]) -> CheckResult:
        fork = await bubblewrap.fork()
        await fork.write({path: FileContent(text.encode()) for path, text in files.items()})
        result = await result_of(check, Subject(fork, await fork.snapshot()))
        await fork.close()
        assert 0 <= result.seconds < 60
        tests = tuple(test.model_copy(update={"seconds": 0.0}) for test in result.tests)
        return result.model_copy(update={"seconds": 0.0, "tests": tests})

    return run


@pytest.fixture
def places() -> Callable[[CheckResult], list[tuple[str | None, int | None, str | None, str]]]:
    """What a result found, each as file, line, rule and severity."""
    return lambda result: [(each.file, each.line, each.rule, each.severity) for each in result.findings]
