"""A backend that is sent a share of all runs still has, whole, every run that somebody will ask about."""

from __future__ import annotations

import threading
import time
from contextvars import copy_context

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import use_span

from slipway.config import TelemetrySettings
from slipway.telemetry import Tracer, failed
from slipway.telemetry.sampling import BUFFER_BYTES, KeepingWhole


class _Ids(RandomIdGenerator):
    """Trace ids of the test's choice."""

    def __init__(self, traces: list[int]) -> None:
        self._traces = traces

    def generate_trace_id(self) -> int:
        return self._traces.pop(0) if self._traces else super().generate_trace_id()


class _Sampled:
    """A tracer whose spans are sampled, and what is sent of them."""

    def __init__(
        self,
        sample: float = 0.0,
        slow: float | None = None,
        *,
        bound: int = BUFFER_BYTES,
        traces: list[int] | None = None,
    ) -> None:
        self._exporter = InMemorySpanExporter()
        settings = TelemetrySettings(otlp_endpoint="http://backend", backend=None, sample=sample, slow_seconds=slow)
        self.provider = TracerProvider(id_generator=_Ids(traces or []))
        self.provider.add_span_processor(KeepingWhole(SimpleSpanProcessor(self._exporter), settings, bound))
        self.tracer = Tracer(self.provider, "r")

    @property
    def sent(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.sent]


WHOLE = ["inner", "outer", "invoke_workflow slipway"]


def run(tracer: Tracer, *, fails: str = "", earlier: str | None = None, seconds: float = 0.0) -> None:
    """A run of three spans."""
    with tracer.workflow("p", earlier) as root:
        with tracer.span("outer"), tracer.span("inner"):
            time.sleep(seconds)
        if fails:
            failed(root, fails)


def test_a_run_is_sent_when_it_has_ended() -> None:
    """How it ends decides, so nothing can be sent before."""
    sampled = _Sampled(sample=0.5, traces=[1])
    with sampled.tracer.workflow("p"):
        with sampled.tracer.span("outer"), sampled.tracer.span("inner"):
            pass
        sampled.provider.force_flush()
        assert sampled.names == []
    assert sampled.names == WHOLE


@pytest.mark.parametrize(
    ("options", "kept"),
    [({}, False), ({"fails": "gave up"}, True), ({"earlier": "0af7651916cd43dd8448eb211c80319c"}, True),
     ({"seconds": 0.06}, True)],
)  # fmt: skip
def test_what_failed_was_resumed_or_slow_is_sent_whatever_the_share(options: dict[str, object], kept: bool) -> None:
    sampled = _Sampled(sample=0.0, slow=0.05)
    run(sampled.tracer, **options)  # type: ignore[arg-type]
    assert sampled.names == (WHOLE if kept else [])


@given(st.floats(0, 1), st.lists(st.integers(1, (1 << 128) - 1), min_size=1, max_size=20, unique=True))
def test_the_share_is_told_by_the_trace_id(sample: float, traces: list[int]) -> None:
    """As OpenTelemetry's own sampler by ratio tells it, so that others who sample keep the same."""
    sampled = _Sampled(sample=sample, traces=list(traces))
    for _ in traces:
        run(sampled.tracer)
    share = [trace for trace in traces if (trace & ((1 << 64) - 1)) < round(sample * (1 << 64))]
    assert [span.context.trace_id for span in sampled.sent if span.context] == [t for t in share for _ in WHOLE]


def test_a_run_of_several_agents_is_one_run() -> None:
    """Spans end in any order and in other threads; those that outlive the root go where it went."""
    for fails in ("", "gave up"):
        sampled = _Sampled()
        with sampled.tracer.workflow("p") as root:
            late = sampled.provider.get_tracer("t").start_span("late")
            threads = [
                threading.Thread(target=copy_context().run, args=(sampled.tracer.event, "agent")) for _ in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if fails:
                failed(root, fails)
        late.end()
        assert sampled.names == ([*["agent"] * 8, "invoke_workflow slipway", "late"] if fails else [])


def test_what_is_too_much_to_be_held_back_is_sent() -> None:
    """Memory is bounded, and half a run is worse than one too many."""
    sampled = _Sampled(bound=10_000)
    with sampled.tracer.workflow("p"):
        for number in range(3):
            sampled.tracer.event("small", number=number)
        assert sampled.names == []
        sampled.tracer.event("large", text="x" * 10_000)
        assert sampled.names == ["small"] * 3 + ["large"]
        sampled.tracer.event("after")
    assert sampled.names == [*["small"] * 3, "large", "after", "invoke_workflow slipway"]


def test_what_has_not_ended_at_shutdown_is_sent() -> None:
    """An error that nobody expected is what a trace is looked at for."""
    sampled = _Sampled()
    root = sampled.provider.get_tracer("t").start_span("root")
    with use_span(root), sampled.tracer.span("inner"):
        pass
    sampled.provider.shutdown()
    assert sampled.names == ["inner"]


def test_one_run_does_not_decide_for_the_next() -> None:
    sampled = _Sampled()
    for number in range(2_000):
        run(sampled.tracer, fails="gave up" if number % 500 == 0 else "")
    sampled.provider.shutdown()  # what was dropped is not held any more
    assert sampled.names == WHOLE * 4
