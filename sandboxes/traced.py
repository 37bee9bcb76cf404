from __future__ import annotations

from ..telemetry import Tracer, names
from .around import Around
from .base import Command, ExecResult, Process, Sandbox


class Traced(Around):
    """A sandbox whose every command is a span; so are those of its forks."""

    def __init__(self, inner: Sandbox, tracer: Tracer) -> None:
        super().__init__(inner)
        self._tracer = tracer

    async def exec(self, command: Command) -> ExecResult:
        """Run `command` inside a span. Only the program's name is recorded: arguments may hold content."""
        program = command.argv[0] if command.argv else ""
        with self._tracer.span(names.SPAN_SANDBOX_EXEC, slipway__sandbox__program=program) as span:
            result = await self.inner.exec(command)
            span.set_attribute("slipway.sandbox.exit_code", result.exit_code)
            span.set_attribute("slipway.sandbox.timed_out", result.timed_out)
        return result

    async def start(self, command: Command) -> Process:
        """The inner sandbox's `start`, with a span for the start alone: its end is the caller's."""
        program = command.argv[0] if command.argv else ""
        with self._tracer.span(names.SPAN_SANDBOX_EXEC, slipway__sandbox__program=program):
            return await self.inner.start(command)

    async def fork(self) -> Sandbox:
        """A traced fork of the inner sandbox."""
        return Traced(await self.inner.fork(), self._tracer)
