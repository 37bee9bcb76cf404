"""Tools as an agent has them, over a sandbox in memory or a real one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Lint, Placeholders, Syntax, Tests, run_checks
from slipway.sandboxes import FakeSandbox, Sandbox, open_sandbox
from slipway.telemetry import Collector, Tracer
from slipway.tools import CODING, Checked, ToolRequest, Tools, Workbench

Ask = Callable[..., Awaitable[str]]


@pytest.fixture
def collector() -> Collector:
    """The spans of the test's tool calls."""
    return Collector()


@pytest.fixture
def tools_on(collector: Collector) -> Callable[[Sandbox], Tools]:
    """The tools of a coder over a sandbox; `locked.py` may not be written."""

    def make(sandbox: Sandbox) -> Tools:
        async def check() -> Checked:
            return Checked(await run_checks([Syntax(), Lint(), Placeholders(), Tests()], sandbox, "v"))

        def may_write(path: str) -> str | None:
            return "locked.py is locked; leave it" if path == "locked.py" else None

        return Tools(CODING, Workbench(sandbox, may_write, check), Tracer(collector.provider, "r"))

    return make


@pytest.fixture
def ask_on(tools_on: Callable[[Sandbox], Tools]) -> Callable[[Sandbox], Ask]:
    """Calls a tool over a sandbox by name and arguments; what is refused starts with `refused: `."""

    def make(sandbox: Sandbox) -> Ask:
        async def ask(tool: str, **arguments: object) -> str:
            result = await tools_on(sandbox).call(ToolRequest("code/a", 0, tool, arguments))
            assert result.ok != result.text.startswith("refused: ")
            return result.text

        return ask

    return make


@pytest.fixture
async def real(cache_dir: Path) -> AsyncIterator[Sandbox]:
    """A real sandbox with the toolchain."""
    sandbox = await open_sandbox(cache_dir=cache_dir)
    yield sandbox
    await sandbox.close()


@pytest.fixture
def fake() -> FakeSandbox:
    """A sandbox in memory."""
    return FakeSandbox()
