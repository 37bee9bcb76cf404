from __future__ import annotations

from opentelemetry.trace import Span

from ..state.records import CheckResult, Manifest
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
            _tell(span, result)
        return result

    async def known(self, manifest: Manifest) -> CheckResult | None:
        """What is known without a run, which is a span of its own."""
        known = await super().known(manifest)
        if known is not None:
            with self._tracer.span(f"{names.SPAN_CHECK} {self.name}") as span:
                _tell(span, known)
        return known


def _tell(span: Span, result: CheckResult) -> None:
    span.set_attribute("slipway.check.status", result.status)
    span.set_attribute("slipway.check.findings", len(result.findings))
    span.set_attribute("slipway.check.cached", result.cached)
