"""Backends show what they have a word for; nobody else is sent words of theirs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from slipway.telemetry import Collector, Tracer
from slipway.telemetry.dialects import Backend, Spoken


class Sent(SpanExporter):
    """A stand-in for the exporter of a backend."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []
        self.closed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.closed = True


def a_run() -> tuple[ReadableSpan, ...]:
    """A span of each kind; one chat has a price, and one is of a model whose price nobody knows."""
    collector = Collector()
    tracer = Tracer(collector.provider, "r")
    with tracer.workflow("p", "0af7651916cd43dd8448eb211c80319c"), tracer.agent("coder", "m", "code/a"):
        with tracer.chat("openai", "m", ()) as chat:
            chat.attributes["slipway.cost_usd"] = 0.25
        with tracer.chat("openai", "n", ()), tracer.tool("run", "1"):
            tracer.event("check syntax")
            tracer.event("checkpoint")
    return collector.spans


@pytest.mark.parametrize(
    ("backend", "cost"), [("phoenix", {}), ("mlflow", {"mlflow.llm.cost": '{"total_cost": 0.25}'})]
)
def test_what_the_conventions_have_no_word_for_is_said_in_the_backends(backend: Backend, cost: dict[str, str]) -> None:
    spans, sent = a_run(), Sent()
    exporter = Spoken(sent, backend)
    assert exporter.export(spans) is SpanExportResult.SUCCESS
    exporter.shutdown()
    added = [
        (before.name, dict(set((after.attributes or {}).items()) - set((before.attributes or {}).items())))
        for before, after in zip(spans, sent.spans, strict=True)
    ]
    chain = {"openinference.span.kind": "CHAIN"}
    assert added == [
        ("chat m", cost), ("check syntax", {"openinference.span.kind": "EVALUATOR"}), ("checkpoint", chain),
        ("execute_tool run", {}), ("chat n", {}), ("invoke_agent coder", {}), ("invoke_workflow slipway", chain),
    ]  # fmt: skip
    same = ("name", "context", "parent", "links", "events", "status", "start_time", "end_time", "resource", "kind")
    assert [[getattr(span, name) for name in same] for span in sent.spans] == [
        [getattr(span, name) for name in same] for span in spans
    ]
    assert sent.closed
