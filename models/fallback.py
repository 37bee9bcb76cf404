from __future__ import annotations

from collections.abc import Sequence

from ..telemetry import Tracer, names
from .base import Around, Call, Model, ModelUnreachable, Reply


class Fallback(Around):
    """A role's model, and those that stand in for it, in order, while it cannot be reached.

    It has the name of the first, whoever answers: a call is the same call, and its usage says who answered it.
    """

    def __init__(self, models: Sequence[Model], tracer: Tracer) -> None:
        super().__init__(models[0])
        self._models = models
        self._tracer = tracer

    async def ask(self, call: Call) -> Reply:
        """The answer of the first that can be reached; ModelUnreachable tells of all of them."""
        failed: list[ModelUnreachable] = []
        for model in self._models:
            if failed:
                self._tracer.event(names.SPAN_FALLBACK, slipway__step=call.step, slipway__model=model.name)
            try:
                return await model.ask(call)
            except ModelUnreachable as error:
                failed.append(error)
        raise failed[0] if len(failed) == 1 else _together(failed)


def _together(errors: Sequence[ModelUnreachable]) -> ModelUnreachable:
    waits = [error.retry_after for error in errors if error.retry_after is not None]
    return ModelUnreachable(
        "; and ".join(map(str, errors)),
        unanswered=all(error.unanswered for error in errors),
        retry_after=min(waits, default=None),
    )
