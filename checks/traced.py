from __future__ import annotations

from ..state.records import CheckResult
from ..telemetry import Tracer, names
from .base import Around, Check, Subject


class Traced(Around):
    """A check whose run is a span."""

    def __init__(self, inner: Check, tracer: Tracer) -> None:
        super().__init__(inner)
        self._tracer = tracer

    async def run(self, subject: Subject) -> CheckResult:
        """Run the inner check inside a span."""
        with self._tracer.span(f"{names.SPAN_CHECK} {self.name}") as span:
            result = await self.inner.run(subject)
            span.set_attribute("slipway.check.status", result.status)
            span.set_attribute("slipway.check.findings", len(result.findings))
            span.set_attribute("slipway.check.cached", result.cached)
        return result
