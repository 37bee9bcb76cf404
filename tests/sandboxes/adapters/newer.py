"""Run by `test_deepagents_newer.py` with that deepagents: does what changed, and prints what came of it as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import deepagents
from deepagents import create_deep_agent
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage

from slipway.sandboxes import Limits, open_sandbox
from slipway.sandboxes.adapters.deepagents import DeepAgentsSandbox

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)
FILES = ["a.py", "b.txt", ".env", ".github/ci.yml", "src/a.py", "src/app/main.py", "src/{x}.py"]
PATTERNS = [
    "*.py", "**/*.py", "/*.py", "src/*.py", "*.yml", "**/*.yml", ".env", "*", "{a,b}.*", "src/{app,lib}/*.py", "src",
    "..",
]  # fmt: skip


class Scripted(GenericFakeChatModel):
    def bind_tools(self, *args: Any, **kwargs: Any) -> Any:
        return self


def names(backend: DeepAgentsSandbox, pattern: str, place: str) -> list[str] | str:
    result = backend.glob(pattern, place)
    return str(result.error) if result.matches is None else [found["path"] for found in result.matches]


def called(backend: DeepAgentsSandbox, tool: str, **arguments: Any) -> str:
    says = [AIMessage("", tool_calls=[{"name": tool, "args": arguments, "id": "1"}]), AIMessage("done")]
    agent = create_deep_agent(model=Scripted(messages=iter(says)), backend=backend)
    messages = agent.invoke({"messages": [("user", "go")]})["messages"]
    return next(str(message.content) for message in messages if isinstance(message, ToolMessage))


def changed(backend: DeepAgentsSandbox, place: str) -> dict[str, Any]:
    for path in FILES:
        backend.write(f"{place}/{path}", "old\n")
    backend.execute(f"chmod +x {place}/b.txt")
    lines = f"{place}/lines"
    backend.write(lines, "".join(f"{number}\n" for number in range(1, 6)))
    globs = {pattern: names(backend, pattern, place) for pattern in PATTERNS}
    return {
        "write again": asdict(backend.write(f"{place}/b.txt", "new\n")),
        "still executable": backend.execute(f"cat {place}/b.txt; test -x {place}/b.txt").exit_code == 0,
        "globs": globs,
        "windows": [
            {key: value for key, value in asdict(backend.read(lines, offset, limit)).items() if key != "error"}
            for offset, limit in ((0, 2), (3, 10), (-1, 1), (0, 0))
        ],
        "grep": [
            (len(result.matches or []), result.truncated)
            for result in (backend.grep("old", place, max_count=most) for most in (2, 6, None))
        ],
        "deleted": [asdict(backend.delete(f"{place}/{path}")) for path in ("src", "a.py", "none")],
        "left": sorted(names(backend, "**/*", place)),
        "async": asyncio.run(backend.adelete(f"{place}/lines")).path,
    }


with DeepAgentsSandbox(lambda: open_sandbox(cache_dir=Path(sys.argv[1]), limits=LIMITS, tools=())) as opened:
    told = {place: changed(opened, place) for place in ("/workspace", "/tmp/place")}
    opened.write("/workspace/x", "1\n2\n3\n")
    agent_told = [
        called(opened, "read_file", file_path="/workspace/x", limit=1),
        called(opened, "delete", file_path="/workspace/x"),
        called(opened, "execute", command="ls /workspace/x; echo $?"),
    ]
    print(json.dumps({"version": deepagents.__version__, "told": told, "agent": agent_told}))
