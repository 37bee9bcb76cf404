from __future__ import annotations

from collections.abc import Mapping, Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Status
from opentelemetry.util.types import AttributeValue


def with_attributes(span: ReadableSpan, added: Mapping[str, AttributeValue]) -> ReadableSpan:
    """`span` with these attributes more; itself, where there are none."""
    return rewritten(span, attributes={**(span.attributes or {}), **added}) if added else span


def rewritten(
    span: ReadableSpan,
    *,
    attributes: Mapping[str, AttributeValue],
    name: str | None = None,
    events: Sequence[Event] | None = None,
    description: str | None = None,
) -> ReadableSpan:
    """A span that has ended, with these attributes in the place of its own; and so on, where given."""
    return ReadableSpan(
        name=span.name if name is None else name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=span.events if events is None else events,
        links=span.links,
        kind=span.kind,
        status=span.status if description is None else Status(span.status.status_code, description),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
