from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from ..sandboxes import SandboxRefusal
from ..telemetry import Tracer
from .base import MalformedCall, Tool, ToolRefusal, ToolRequest, ToolResult, Workbench


class Toolbox(Protocol):
    """The tools of one agent."""

    @property
    def schemas(self) -> tuple[dict[str, Any], ...]:
        """What the model is told of them."""
        ...

    async def call(self, request: ToolRequest) -> ToolResult:
        """Do what a model asked. A request that cannot be met is a result, too; SandboxError if the sandbox broke."""
        ...


class Executing(Toolbox, Protocol):
    """Tools that are executed here and now."""

    def changes_files(self, name: str) -> bool:
        """Whether the tool `name` may change the workspace."""
        ...


class Tools:
    """Tools over one workbench; each execution is a span."""

    def __init__(self, tools: Sequence[Tool[Any]], bench: Workbench, tracer: Tracer) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._bench = bench
        self._tracer = tracer

    @property
    def schemas(self) -> tuple[dict[str, Any], ...]:
        """What the model is told of them."""
        return tuple(tool.schema for tool in self._tools.values())

    def changes_files(self, name: str) -> bool:
        """Whether the tool `name` may change the workspace."""
        tool = self._tools.get(name)
        return tool is not None and tool.changes_files

    async def call(self, request: ToolRequest) -> ToolResult:
        """Run the tool; what it refuses, and what is malformed, is told to the model."""
        started = time.perf_counter()
        with self._tracer.tool(request.name, request.call_id) as span:
            try:
                text, ok, malformed = await self._run(request), True, False
            except (ToolRefusal, SandboxRefusal) as refusal:
                text, ok, malformed = f"refused: {refusal}", False, isinstance(refusal, MalformedCall)
                span.attributes["error.type"] = type(refusal).__name__
            self._tracer.done(span, request.arguments, text)
        return ToolResult(text, ok, time.perf_counter() - started, malformed)

    async def _run(self, request: ToolRequest) -> str:
        tool = self._tools.get(request.name)
        if tool is None:
            raise MalformedCall(f"there is no tool {request.name!r}; there are {', '.join(self._tools)}")
        try:
            arguments = tool.arguments.model_validate(request.arguments)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors())
            raise MalformedCall(f"the arguments of {request.name} are wrong: {wrong}") from error
        return await tool.run(self._bench, arguments)
