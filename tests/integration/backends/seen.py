"""A span as a backend has it, in a form in which it can be compared with the one that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan


@dataclass(frozen=True)
class Seen:
    """One span. Attributes are those of Slipway and of the conventions; what a backend adds is apart."""

    name: str
    trace: str
    parent: str | None
    failed: str | None
    """Why; None where it did not."""
    attributes: Mapping[str, Any]
    evaluations: tuple[Mapping[str, Any], ...] = ()
    links: tuple[str, ...] = ()
    """Trace ids."""
    added: Mapping[str, Any] | None = None


def ours(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that Slipway sent, as plain values."""
    mine = {name: value for name, value in attributes.items() if name.startswith(("slipway.", "gen_ai.", "error."))}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in mine.items()}


def sent(span: ReadableSpan) -> tuple[str, Seen]:
    """A span as it was sent, by its id."""
    assert span.context
    return f"{span.context.span_id:016x}", Seen(
        name=span.name,
        trace=f"{span.context.trace_id:032x}",
        parent=f"{span.parent.span_id:016x}" if span.parent else None,
        failed=None if span.status.is_ok else span.status.description or "",
        attributes=ours(span.attributes or {}),
        evaluations=tuple(dict(e.attributes or {}) for e in span.events if e.name == "gen_ai.evaluation.result"),
        links=tuple(f"{link.context.trace_id:032x}" for link in span.links),
    )
