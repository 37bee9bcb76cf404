from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add

from langchain_core.messages import AIMessage
from pydantic import BaseModel

from ..state import Journal
from ..state.records import JournalAnswer, JournalEntry, Usage
from ..telemetry import Tracer, names
from .base import Around, Call, Model, ModelRefused, ModelUnreachable, Reply, digest


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
            reply = await self.inner.ask(call)
            await self._journal.record(_entry(call, key, request, reply))
            return reply
        self._tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=call.step, slipway__kind="model")
        answer = _Answer.model_validate_json(known.reply)
        return Reply(answer.message, answer.usage, journaled=True)


class InFlight(Around):
    """A model whose every request is noted in the journal of the call while it is under way.

    The note of a call that died, or of which nobody knows whether it was answered, stays: whoever makes it again after
    this process counts as asking twice. `asked_as` is the name under which `Journaled` knows the call.
    """

    def __init__(self, inner: Model, journal: Journal, asked_as: str) -> None:
        super().__init__(inner)
        self._journal = journal
        self._asked_as = asked_as

    async def ask(self, call: Call) -> Reply:
        """Ask the inner model, with a note of it."""
        where = (call.step, call.index, "model", digest(call.canonical(self._asked_as)))
        only = await self._journal.begin(*where)
        try:
            return await self.inner.ask(call)
        except (ModelRefused, ModelUnreachable) as error:
            if only and (isinstance(error, ModelRefused) or error.unanswered):
                await self._journal.abandon(*where)
            raise


def _entry(call: Call, key: str, request: str, reply: Reply) -> JournalEntry:
    answer = _Answer(message=reply.message, usage=reply.usage).model_dump_json()
    return JournalEntry(step=call.step, index=call.index, kind="model", digest=key, request=request, reply=answer)


def usage_of(answers: Iterable[JournalAnswer]) -> Usage:
    """What the recorded answers of models used, all together."""
    read = (_Answer.model_validate_json(answer.reply) for answer in answers if answer.kind == "model")
    return reduce(add, (answer.usage for answer in read), Usage())
