"""Which runs a backend is sent, decided when they end: all that failed or were slow, and a share of the others."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import StatusCode

from ..config import TelemetrySettings

BUFFER_BYTES = 32 << 20
"""What the spans of a trace may take while nobody knows yet how it ends; one that takes more is kept."""
LEAST_BYTES = 1024
"""What a span takes at least, as it is counted here."""

_REMEMBERED = 1024
_SHARE_BITS = (1 << 64) - 1


@dataclass
class _Trace:
    """A trace whose end is not known yet."""

    root: int
    """The id of its first span."""
    spans: list[ReadableSpan] = field(default_factory=list[ReadableSpan])
    bytes: int = 0


class KeepingWhole(SpanProcessor):
    """Hands a trace on once its root span has ended, all of it or nothing.

    It is handed on where it failed, took longer than `slow_seconds`, continues an earlier one, or is in the share
    `sample` by its id. A root span with an error stands for a run that was not delivered. What is too much to be held
    back is handed on at once, and so is, at shutdown, what has not ended.
    """

    def __init__(self, inner: SpanProcessor, settings: TelemetrySettings, bound: int = BUFFER_BYTES) -> None:
        self._inner = inner
        self._settings = settings
        self._bound = bound
        self._lock = threading.Lock()
        self._open: dict[int, _Trace] = {}
        self._known: OrderedDict[int, bool] = OrderedDict()
        """Whether a trace is kept, of those for which that is decided."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Hold its trace back from now on."""
        self._inner.on_start(span, parent_context)
        trace = span.get_span_context().trace_id
        with self._lock:
            if trace not in self._known:
                self._open.setdefault(trace, _Trace(span.get_span_context().span_id))

    def on_end(self, span: ReadableSpan) -> None:
        """Hold `span` back, or decide on all that was held back."""
        for each in self._decided(span):
            self._inner.on_end(each)

    def shutdown(self) -> None:
        """Hand on what has not ended, and shut down what it is handed to."""
        with self._lock:
            left = [span for trace in self._open.values() for span in trace.spans]
            self._open.clear()
        for span in left:
            self._inner.on_end(span)
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush what was decided on; what is held back stays so."""
        return self._inner.force_flush(timeout_millis)

    def _decided(self, span: ReadableSpan) -> list[ReadableSpan]:
        """What is to be handed on, now that `span` has ended."""
        context = span.get_span_context()
        if context is None:
            return []
        with self._lock:
            trace = self._open.get(context.trace_id)
            if trace is None:
                return [span] if self._known.get(context.trace_id, True) else []
            trace.spans.append(span)
            trace.bytes += _bytes(span)
            ended = context.span_id == trace.root
            if not ended and trace.bytes <= self._bound:
                return []
            kept = trace.bytes > self._bound or self._keeps(span, context.trace_id)
            self._remember(context.trace_id, kept)
            del self._open[context.trace_id]
            return trace.spans if kept else []

    def _keeps(self, root: ReadableSpan, trace: int) -> bool:
        slow, took = self._settings.slow_seconds, (root.end_time or 0) - (root.start_time or 0)
        return (
            root.status.status_code is StatusCode.ERROR
            or bool(root.links)
            or (slow is not None and took > slow * 1e9)
            or (trace & _SHARE_BITS) < self._settings.sample * (_SHARE_BITS + 1)
        )

    def _remember(self, trace: int, kept: bool) -> None:
        self._known[trace] = kept
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _bytes(span: ReadableSpan) -> int:
    told = [span.attributes or {}, *(event.attributes or {} for event in span.events)]
    return LEAST_BYTES + sum(len(value) for each in told for value in each.values() if isinstance(value, str))
