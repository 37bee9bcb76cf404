"""Where the time of a run went, by its spans."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

Interval = tuple[float, float]
"""Seconds: from, to."""

_OPERATION = "gen_ai.operation.name"
_GATE = ("stage check", "stage baseline")
MODELS, GATE, TOOLS, STEPS = "models", "gate", "tools", "steps"


@dataclass(frozen=True)
class Timed:
    """A span that has ended."""

    name: str
    operation: object
    interval: Interval


class Stopwatch(SpanProcessor):
    """Times spans by a clock that nobody sets: their own is the machine's, which may jump in the middle of a run."""

    def __init__(self) -> None:
        self.spans: list[Timed] = []
        self._begun: dict[int, float] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self._begun[span.get_span_context().span_id] = time.perf_counter()

    def on_end(self, span: ReadableSpan) -> None:
        assert span.context
        interval = self._begun.pop(span.context.span_id), time.perf_counter()
        self.spans.append(Timed(span.name, (span.attributes or {}).get(_OPERATION), interval))


_KINDS: dict[str, Callable[[Timed], bool]] = {
    MODELS: lambda span: span.operation == "chat",
    GATE: lambda span: span.name in _GATE,
    TOOLS: lambda span: span.operation == "execute_tool" or span.name.startswith(("sandbox.", "check ")),
    STEPS: lambda span: span.operation == "invoke_agent" or span.name.startswith("stage "),
}
"""Each of them without those before it: while a model is asked, the rest does not cost time."""


def shares(spans: Sequence[Timed]) -> dict[str, float]:
    """Seconds in which something of a kind was under way, and nothing of the kinds before it."""
    found: dict[str, float] = {}
    seen: list[Interval] = []
    for kind, belongs in _KINDS.items():
        before = covered(seen)
        seen += [span.interval for span in spans if belongs(span)]
        found[kind] = covered(seen) - before
    return found


def tools(spans: Sequence[Timed]) -> float:
    """Seconds in which any tool or command was under way, the gate's left out, whatever else was."""
    gate = [span.interval for span in spans if _KINDS[GATE](span)]
    work = [span.interval for span in spans if _KINDS[TOOLS](span)]
    return covered([*gate, *work]) - covered(gate)


def covered(intervals: Sequence[Interval]) -> float:
    """Seconds in at least one of `intervals`."""
    total, until = 0.0, float("-inf")
    for begun, ended in sorted(intervals):
        total += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return total
