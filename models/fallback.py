from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from ..telemetry import Tracer, names
from .base import Around, Call, Model, ModelUnreachable, Reply


class Fallback(Around):
    """A role's model, and those that stand in for it, in order, while it cannot be reached.

    It has the name of the first, whoever answers: a call is the same call, and its usage says who answered it. The time
    that passed beside that answer is in the usage as waiting: for limits, for pauses, for attempts that gave no answer.
    """

    def __init__(self, models: Sequence[Model], tracer: Tracer) -> None:
        super().__init__(models[0])
        self._models = models
        self._tracer = tracer

    async def ask(self, call: Call) -> Reply:
        """The answer of the first that can be reached; ModelUnreachable tells of all of them."""
        begun = time.perf_counter()
        failed: list[ModelUnreachable] = []
        for model in self._models:
            if failed:
                self._tracer.event(names.SPAN_FALLBACK, slipway__step=call.step, slipway__model=model.name)
            try:
                return _timed(await model.ask(call), time.perf_counter() - begun)
            except ModelUnreachable as error:
                failed.append(error)
        raise failed[0] if len(failed) == 1 else _together(failed)


def _timed(reply: Reply, seconds: float) -> Reply:
    waited = max(0.0, seconds - reply.usage.model_seconds)
    return replace(reply, usage=reply.usage.model_copy(update={"waiting_seconds": waited}))


def _together(errors: Sequence[ModelUnreachable]) -> ModelUnreachable:
    waits = [error.retry_after for error in errors if error.retry_after is not None]
    return ModelUnreachable(
        "; and ".join(map(str, errors)),
        unanswered=all(error.unanswered for error in errors),
        retry_after=min(waits, default=None),
    )
