"""A file of the person's own may hold a key: the agent may work beside it, and reads a mask."""

from __future__ import annotations

from collections.abc import Callable

from slipway.config import Secrets
from slipway.sandboxes import FakeSandbox, FileContent, Sandbox
from slipway.tools import Masked, ToolRequest, Tools

KEY = "sk-live-4711-abcdef"


async def test_results_are_masked(fake: FakeSandbox, tools_on: Callable[[Sandbox], Tools]) -> None:
    await fake.write({".env": FileContent(f"KEY={KEY}\n".encode())})
    tools = Masked(tools_on(fake), Secrets([KEY]))
    result = await tools.call(ToolRequest("code/a", 0, "read_file", {"path": ".env"}))
    assert (result.text, result.ok) == ("KEY=***\n", True)
    assert tools.schemas == tools_on(fake).schemas
    assert (tools.changes_files("run"), tools.changes_files("read_file")) == (True, False)
