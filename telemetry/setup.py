from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from ..config import Secrets, TelemetrySettings
from .dialects import Spoken
from .sampling import BUFFER_BYTES, LEAST_BYTES, KeepingWhole
from .spans import rewritten

_log = logging.getLogger(__name__)
_otlp_log = logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter")


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
                with self._path.open("ab+") as file:
                    # A process that was killed may have left half a line: it must not swallow the next one.
                    cut = file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
                    file.write((b"\n" if cut else b"") + lines.encode())
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


class KeptIfUnsent(SpanExporter):
    """Sends spans to a backend. From the first batch that it does not take, they are kept in a file instead."""

    def __init__(self, backend: SpanExporter, endpoint: str, file: Path) -> None:
        self._backend = backend
        self._endpoint = endpoint
        self._file = file
        self._reachable = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send `spans`, or keep them."""
        if self._reachable and self._backend.export(spans) is SpanExportResult.SUCCESS:
            return SpanExportResult.SUCCESS
        if self._reachable:
            _log.warning("spans cannot be sent to %s; they are kept in %s", self._endpoint, self._file)
        self._reachable = False
        return FileExporter(self._file).export(spans)

    def shutdown(self) -> None:
        """Shut the backend's exporter down."""
        self._backend.shutdown()


class Masked(SpanExporter):
    """An exporter that is given no known secret, wherever in a span one stands."""

    def __init__(self, inner: SpanExporter, secrets: Secrets) -> None:
        self._inner = inner
        self._secrets = secrets

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export `spans`, masked."""
        return self._inner.export([self._masked(span) for span in spans])

    def shutdown(self) -> None:
        """Shut the inner exporter down."""
        self._inner.shutdown()

    def _masked(self, span: ReadableSpan) -> ReadableSpan:
        mask = self._secrets.masked_value
        return rewritten(
            span,
            name=mask(span.name),
            attributes=mask(dict(span.attributes or {})),
            events=[Event(mask(e.name), mask(dict(e.attributes or {})), e.timestamp) for e in span.events],
            description=mask(span.status.description),
        )


@contextmanager
def exporting(
    settings: TelemetrySettings, file: Path, version: str, secrets: Secrets | None = None
) -> Generator[TracerProvider]:
    """A tracer provider that sends spans to the OTLP endpoint, or to `file` where there is none; flushed at exit.

    What is sampled away is sent to no endpoint; a file holds everything. No span leaves with one of `secrets` in it.
    """
    provider = TracerProvider(resource=Resource.create({"service.name": "slipway", "service.version": version}))
    exporter = Masked(_exporter(settings, file), secrets or Secrets())
    provider.add_span_processor(_processor(exporter, settings))
    told = _otlp_log.level
    _otlp_log.setLevel(logging.CRITICAL)  # it reports every retry; one line says as much
    try:
        yield provider
    finally:
        provider.shutdown()
        _otlp_log.setLevel(told)


def _processor(exporter: SpanExporter, settings: TelemetrySettings) -> SpanProcessor:
    if settings.otlp_endpoint is None or settings.sample == 1:
        return BatchSpanProcessor(exporter, schedule_delay_millis=1000)
    # All that was held back comes at once, and what does not fit into the queue would be lost.
    queue = 2 * BUFFER_BYTES // LEAST_BYTES
    return KeepingWhole(BatchSpanProcessor(exporter, queue, schedule_delay_millis=1000), settings)


def _exporter(settings: TelemetrySettings, file: Path) -> SpanExporter:
    endpoint = settings.otlp_endpoint
    if endpoint is None:
        return FileExporter(file)
    # Headers, compression, certificates and the time-out of the endpoint come from OpenTelemetry's own variables.
    otlp = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    return KeptIfUnsent(Spoken(otlp, settings.backend) if settings.backend else otlp, endpoint, file)


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
