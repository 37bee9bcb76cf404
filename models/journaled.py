from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add

from langchain_core.messages import AIMessage
from pydantic import BaseModel

from ..state import Journal, OverBudget
from ..state.records import JournalEntry, Usage
from ..telemetry import Tracer, names
from .base import Around, Call, Model, ModelRefused, Reply, digest


class _Answer(BaseModel):
    message: AIMessage
    usage: Usage


class Journaled(Around):
    """A model that never answers the same call of a run twice: what was answered once is answered from the record."""

    def __init__(self, inner: Model, journal: Journal, tracer: Tracer) -> None:
        super().__init__(inner)
        self._journal = journal
        self._tracer = tracer

    async def ask(self, call: Call) -> Reply:
        """The recorded answer to `call`, else the inner model's, recorded before it is returned."""
        request = call.canonical(self.name)
        key = digest(request)
        known = await self._journal.find(call.step, call.index, "model", key)
        if known is None:
            await self._journal.begin(call.step, call.index, "model", key)
            try:
                reply = await self.inner.ask(call)
            except (OverBudget, ModelRefused):  # surely unanswered: nothing is in flight
                await self._journal.abandon(call.step, call.index, "model", key)
                raise
            await self._journal.record(_entry(call, key, request, reply))
            return reply
        self._tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=call.step, slipway__kind="model")
        answer = _Answer.model_validate_json(known.reply)
        return Reply(answer.message, answer.usage, journaled=True)


def _entry(call: Call, key: str, request: str, reply: Reply) -> JournalEntry:
    answer = _Answer(message=reply.message, usage=reply.usage).model_dump_json()
    return JournalEntry(step=call.step, index=call.index, kind="model", digest=key, request=request, reply=answer)


def usage_of(entries: Iterable[JournalEntry]) -> Usage:
    """What the recorded answers of models used, all together."""
    answers = (_Answer.model_validate_json(entry.reply) for entry in entries if entry.kind == "model")
    return reduce(add, (answer.usage for answer in answers), Usage())
