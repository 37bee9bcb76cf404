"""Where the time of a run went, by its spans."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from opentelemetry.sdk.trace import ReadableSpan

Interval = tuple[float, float]
"""Seconds: from, to."""

_OPERATION = "gen_ai.operation.name"
_GATE = ("stage check", "stage baseline")
MODELS, GATE, TOOLS, STEPS = "models", "gate", "tools", "steps"
_KINDS: dict[str, Callable[[ReadableSpan], bool]] = {
    MODELS: lambda span: _operation(span) == "chat",
    GATE: lambda span: span.name in _GATE,
    TOOLS: lambda span: _operation(span) == "execute_tool" or span.name.startswith(("sandbox.", "check ")),
    STEPS: lambda span: _operation(span) == "invoke_agent" or span.name.startswith("stage "),
}
"""Each of them without those before it: while a model is asked, the rest does not cost time."""


def shares(spans: Sequence[ReadableSpan]) -> dict[str, float]:
    """Seconds in which something of a kind was under way, and nothing of the kinds before it."""
    found: dict[str, float] = {}
    seen: list[Interval] = []
    for kind, belongs in _KINDS.items():
        before = covered(seen)
        seen += [_interval(span) for span in spans if belongs(span)]
        found[kind] = covered(seen) - before
    return found


def tools(spans: Sequence[ReadableSpan]) -> float:
    """Seconds in which any tool or command was under way, the gate's left out, whatever else was."""
    gate = [_interval(span) for span in spans if _KINDS[GATE](span)]
    work = [_interval(span) for span in spans if _KINDS[TOOLS](span)]
    return covered([*gate, *work]) - covered(gate)


def covered(intervals: Sequence[Interval]) -> float:
    """Seconds in at least one of `intervals`."""
    total, until = 0.0, float("-inf")
    for begun, ended in sorted(intervals):
        total += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return total


def _operation(span: ReadableSpan) -> object:
    return (span.attributes or {}).get(_OPERATION)


def _interval(span: ReadableSpan) -> Interval:
    assert span.start_time is not None and span.end_time is not None, "a finished span"
    return span.start_time / 1e9, span.end_time / 1e9
