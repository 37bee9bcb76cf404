"""The few words of a backend's own for what OpenTelemetry's GenAI conventions have none for.

Phoenix and MLflow read the conventions themselves: models, tokens, agents, tools, conversations. Both leave a span that
is none of these without a kind, which they take from OpenInference's attribute; and MLflow shows the cost that a span
names in an attribute of MLflow's, where it would else go by price lists of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.util.types import AttributeValue

from . import names
from .spans import with_attributes

Backend = Literal["phoenix", "mlflow"]

_KIND = "openinference.span.kind"
_MLFLOW_COST = "mlflow.llm.cost"
_KNOWN = ("chat", "execute_tool", "invoke_agent")
"""Operations of the conventions that both backends have a kind for."""


class Spoken(SpanExporter):
    """An exporter whose spans say in a backend's words, too, what the conventions have none for."""

    def __init__(self, inner: SpanExporter, backend: Backend) -> None:
        self._inner = inner
        self._backend: Backend = backend

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export `spans` with a few attributes more."""
        return self._inner.export([with_attributes(span, _added(span, self._backend)) for span in spans])

    def shutdown(self) -> None:
        """Shut the inner exporter down."""
        self._inner.shutdown()


def _added(span: ReadableSpan, backend: Backend) -> Mapping[str, AttributeValue]:
    said = span.attributes or {}
    if said.get("gen_ai.operation.name") not in _KNOWN:
        return {_KIND: "EVALUATOR" if span.name.startswith(f"{names.SPAN_CHECK} ") else "CHAIN"}
    if backend == "mlflow" and names.COST in said:
        return {_MLFLOW_COST: json.dumps({"total_cost": said[names.COST]})}
    return {}
