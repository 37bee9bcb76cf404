"""Traces: what a run did, in OpenTelemetry's words."""

from . import names
from .collector import Collector
from .setup import exporting, read_spans
from .tracer import Said, Tracer, evaluated, failed, hindered, trace_id

__all__ = [
    "Collector", "Said", "Tracer", "evaluated", "exporting", "failed", "hindered", "names", "read_spans", "trace_id",
]  # fmt: skip
