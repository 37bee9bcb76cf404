from __future__ import annotations

from collections.abc import Collection

from ..state.records import CheckResult, Manifest
from ..telemetry import Tracer, names
from .base import Check, Subject


class Traced:
    """A check whose run is a span."""

    def __init__(self, inner: Check, tracer: Tracer) -> None:
        self._inner = inner
        self._tracer = tracer

    @property
    def name(self) -> str:
        """The inner check's name."""
        return self._inner.name

    @property
    def blocking(self) -> bool:
        """Whether the inner check blocks."""
        return self._inner.blocking

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """The inner check's."""
        return self._inner.inputs(manifest)

    async def run(self, subject: Subject) -> CheckResult:
        """Run the inner check inside a span."""
        with self._tracer.span(f"{names.SPAN_CHECK} {self.name}") as span:
            result = await self._inner.run(subject)
            span.set_attribute("slipway.check.status", result.status)
            span.set_attribute("slipway.check.findings", len(result.findings))
            span.set_attribute("slipway.check.cached", result.cached)
        return result
