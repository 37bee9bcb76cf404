"""Traces: what a run did, in OpenTelemetry's words."""

from . import names
from .collector import Collector
from .setup import exporting, read_spans
from .tracer import Said, Tracer, failed, trace_id

__all__ = ["Collector", "Said", "Tracer", "exporting", "failed", "names", "read_spans", "trace_id"]
