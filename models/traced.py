from __future__ import annotations

from ..telemetry import Said, Tracer, names
from .base import Around, Call, Model, Reply, text_of

_ROLES = {"human": "user", "ai": "assistant"}


class Traced(Around):
    """A model whose every request is a chat span with its tokens and cost."""

    def __init__(self, inner: Model, tracer: Tracer) -> None:
        super().__init__(inner)
        self._tracer = tracer

    async def ask(self, call: Call) -> Reply:
        """Ask the inner model inside a span."""
        provider, _, model = self.name.partition(":")
        said = tuple(Said(_ROLES.get(m.type, m.type), text_of(m)) for m in call.messages)
        with self._tracer.chat(provider, model, said) as span:
            reply = await self.inner.ask(call)
            span.input_tokens = reply.usage.input_tokens
            span.output_tokens = reply.usage.output_tokens
            span.cache_read_input_tokens = reply.usage.cached_tokens
            span.response_model_name = str(reply.message.response_metadata.get("model_name") or model)
            span.finish_reasons = ["tool_calls" if reply.message.tool_calls else "stop"]
            span.attributes[names.STEP] = call.step
            if reply.usage.cost_usd is not None:
                span.attributes[names.COST] = reply.usage.cost_usd
            self._tracer.answered(span, text_of(reply.message))
        return reply
