from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add

from langchain_core.messages import AIMessage
from pydantic import BaseModel

from ..state import Journal, OverBudget
from ..state.records import JournalAnswer, JournalEntry, Usage
from ..telemetry import Tracer, names
from .base import Around, Call, Model, ModelRefused, Reply, digest
from .streaming import BrokenOff


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
            reply = await self._asked(call, key)
            await self._journal.record(_entry(call, key, request, reply))
            return reply
        self._tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=call.step, slipway__kind="model")
        answer = _Answer.model_validate_json(known.reply)
        return Reply(answer.message, answer.usage, journaled=True)

    async def _asked(self, call: Call, key: str) -> Reply:
        """The inner model's answer; where one breaks off, which no client repeats by itself, it is asked once more."""
        try:
            return await self.inner.ask(call)
        except BrokenOff:
            # Whatever comes of it now, the first may have been answered and charged: the call stays in flight.
            return await self.inner.ask(call)
        except (OverBudget, ModelRefused):  # surely unanswered: nothing is in flight
            await self._journal.abandon(call.step, call.index, "model", key)
            raise


def _entry(call: Call, key: str, request: str, reply: Reply) -> JournalEntry:
    answer = _Answer(message=reply.message, usage=reply.usage).model_dump_json()
    return JournalEntry(step=call.step, index=call.index, kind="model", digest=key, request=request, reply=answer)


def usage_of(answers: Iterable[JournalAnswer]) -> Usage:
    """What the recorded answers of models used, all together."""
    read = (_Answer.model_validate_json(answer.reply) for answer in answers if answer.kind == "model")
    return reduce(add, (answer.usage for answer in read), Usage())
