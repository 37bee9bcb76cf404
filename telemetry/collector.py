from __future__ import annotations

from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


@dataclass
class Node:
    """A span and what it holds, oldest first."""

    span: ReadableSpan
    children: list[Node] = field(default_factory=list["Node"])

    def outline(self, depth: int = 0) -> list[str]:
        """The tree as indented span names."""
        lines = ["  " * depth + self.span.name]
        for child in self.children:
            lines += child.outline(depth + 1)
        return lines


class Collector:
    """Keeps every span in memory, for tests and for looking at a run from Python.

    Give its `provider` to `run(tracer_provider=...)`.
    """

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """Every finished span, in the order in which they ended."""
        return self._exporter.get_finished_spans()

    def roots(self) -> list[Node]:
        """The span trees, oldest first."""
        nodes = {span.context.span_id: Node(span) for span in self.spans if span.context}
        roots: list[Node] = []
        for node in sorted(nodes.values(), key=lambda n: n.span.start_time or 0):
            parent = nodes.get(node.span.parent.span_id) if node.span.parent else None
            (parent.children if parent else roots).append(node)
        return roots
