"""One tracer for everything a run does.

The spans of models, agents and tools follow OpenTelemetry's GenAI conventions, as kept by its own library: a workflow
holds agents, agents hold chats and tools. Message content is recorded only where the standard variable
`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` asks for it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.trace import Span, SpanContext, Status, StatusCode, TraceFlags, TracerProvider, get_current_span
from opentelemetry.util.genai.handler import TelemetryHandler
from opentelemetry.util.genai.invocation import InferenceInvocation, ToolInvocation
from opentelemetry.util.genai.types import InputMessage, OutputMessage, TextPart
from opentelemetry.util.types import AttributeValue

from ..config import Lineup, Secrets
from . import names


@dataclass(frozen=True)
class Said:
    """One message of a conversation, as far as a trace shows it."""

    role: str
    text: str


class Tracer:
    """Opens the spans of one run; every span carries the run's id, its line-up and its `labels`.

    No content is recorded with one of `secrets`.
    """

    def __init__(
        self,
        provider: TracerProvider,
        run: str,
        version: str = "",
        secrets: Secrets | None = None,
        *,
        labels: Mapping[str, str] | None = None,
        lineup: Lineup | None = None,
    ) -> None:
        self._run = run
        self._common = _common(run, labels or {}, lineup)
        self._secrets = secrets or Secrets()
        self._genai = TelemetryHandler(
            tracer_provider=provider, instrumentation_scope_name="slipway", instrumentation_scope_version=version
        )
        self._own = provider.get_tracer("slipway", version)

    @property
    def captures_content(self) -> bool:
        """Whether messages, arguments and results go into spans."""
        return self._genai.should_capture_content()

    @contextmanager
    def workflow(self, project: str, earlier: str | None = None) -> Generator[Span]:
        """The root span of one passage of the run. `earlier` is the trace id of the passage that it continues."""
        with self._genai.workflow("slipway", conversation_id=self._run) as invocation:
            invocation.attributes.update({**self._common, names.PROJECT: project})
            span = get_current_span()
            if earlier:
                span.add_link(_somewhere_in(earlier))
                invocation.attributes[names.CONTINUES] = earlier
            yield span

    @contextmanager
    def agent(self, role: str, model: str, step: str) -> Generator[None]:
        """One stage of a role."""
        with self._genai.invoke_local_agent(request_model=model, agent_name=role) as invocation:
            invocation.attributes.update({**self._common, names.STEP: step})
            yield

    @contextmanager
    def chat(self, provider: str, model: str, messages: tuple[Said, ...]) -> Generator[InferenceInvocation]:
        """One request to a model; the caller records its usage on what this yields."""
        with self._genai.inference(provider, request_model=model) as invocation:
            invocation.attributes.update(self._common)
            if self.captures_content:
                invocation.input_messages = [InputMessage(role=m.role, parts=[TextPart(m.text)]) for m in messages]
            yield invocation

    def answered(self, invocation: InferenceInvocation, text: str) -> None:
        """Record what the model said, where content is captured."""
        if self.captures_content:
            invocation.output_messages = [OutputMessage(role="assistant", parts=[TextPart(text)], finish_reason="stop")]

    @contextmanager
    def tool(self, name: str, call_id: str | None) -> Generator[ToolInvocation]:
        """One execution of a tool."""
        with self._genai.tool(name, tool_type="function") as invocation:
            invocation.tool_call_id = call_id
            invocation.attributes.update(self._common)
            yield invocation

    def done(self, invocation: ToolInvocation, arguments: dict[str, Any], text: str) -> None:
        """Record what a tool was given and what it told, where content is captured."""
        if self.captures_content:
            invocation.arguments = self._secrets.masked_value(arguments)
            invocation.tool_result = self._secrets.masked(text)

    @contextmanager
    def span(self, name: str, **attributes: AttributeValue) -> Generator[Span]:
        """A span of our own: a sandbox command, a check, a publish, a journal hit, a stage without a role.

        Attribute names are given with `__` for `.`: `slipway__step="check/1"`.
        """
        named = {key.replace("__", "."): value for key, value in attributes.items()}
        with self._own.start_as_current_span(name, attributes={**self._common, **named}) as span:
            yield span

    def event(self, name: str, **attributes: AttributeValue) -> None:
        """A span without duration, for something that took none."""
        with self.span(name, **attributes):
            pass


def failed(span: Span, reason: str) -> None:
    """Mark `span` as failed for `reason`."""
    span.set_status(Status(StatusCode.ERROR, reason))


def evaluated(span: Span, name: str, label: str, score: float | None, explanation: str) -> None:
    """Tell on `span` what an evaluation said; `score` is None where it said nothing.

    An event of the GenAI conventions. These speak of log records by now; backends of traces take events of spans.
    """
    told: dict[str, AttributeValue] = {names.EVALUATION_NAME: name, names.EVALUATION_LABEL: label}
    if score is not None:
        told[names.EVALUATION_SCORE] = score
    if explanation:
        told[names.EVALUATION_EXPLANATION] = explanation
    span.add_event(names.EVENT_EVALUATION, told)


def hindered(kind: str) -> None:
    """Tell on the span that is open that an agent reported a problem; what it said is content, and not told here."""
    get_current_span().add_event(names.EVENT_PROBLEM, {names.PROBLEM_KIND: kind})


def trace_id(span: Span) -> str:
    """The trace id of `span`, 32 hexadecimal digits."""
    return f"{span.get_span_context().trace_id:032x}"


def _common(run: str, labels: Mapping[str, str], lineup: Lineup | None) -> dict[str, AttributeValue]:
    known = {names.LINEUP: lineup.name, names.LINEUP_DIGEST: lineup.digest} if lineup else {}
    return {names.CONVERSATION: run, **known, **{names.label(name): value for name, value in labels.items()}}


def _somewhere_in(trace: str) -> SpanContext:
    # A link needs a span; only the trace of the earlier passage is kept, so its first 8 bytes stand in for one.
    return SpanContext(int(trace, 16), int(trace[:16], 16) or 1, is_remote=True, trace_flags=TraceFlags(1))


__all__ = ["Said", "Tracer", "evaluated", "failed", "hindered", "trace_id"]
