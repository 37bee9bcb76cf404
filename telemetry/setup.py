from __future__ import annotations

import json
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult


class FileExporter(SpanExporter):
    """Appends spans to a file, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append `spans`; a file that cannot be written drops them, as a backend that is away would."""
        lines = "".join(json.dumps(json.loads(span.to_json(indent=None))) + "\n" for span in spans)
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(lines)
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


@contextmanager
def exporting(endpoint: str | None, file: Path, version: str) -> Generator[TracerProvider]:
    """A tracer provider that sends spans to the OTLP `endpoint`, or to `file` where there is none; flushed at exit."""
    # Headers, compression and certificates of the endpoint come from OpenTelemetry's own variables.
    exporter: SpanExporter = (
        OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5) if endpoint else FileExporter(file)
    )
    provider = TracerProvider(resource=Resource.create({"service.name": "slipway", "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    try:
        yield provider
    finally:
        provider.shutdown()


def read_spans(file: Path) -> list[dict[str, Any]]:
    """The spans in `file`, oldest first; an unfinished last line is left out."""
    if not file.is_file():
        return []
    spans: list[dict[str, Any]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            spans.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return sorted(spans, key=lambda span: str(span["start_time"]))
