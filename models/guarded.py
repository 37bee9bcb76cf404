from __future__ import annotations

import math
import uuid

from ..state.circuits import Circuit, Ended
from .base import Around, Call, CircuitOpen, Model, ModelBusy, ModelRefused, ModelUnreachable, Reply


class Guarded(Around):
    """A model that is not asked while its circuit is open.

    One that is only busy is well. One that wants to be left alone for longer than `patience` seconds, for which nobody
    waits, is left alone by all.
    """

    def __init__(self, inner: Model, circuit: Circuit, patience: float) -> None:
        super().__init__(inner)
        self._circuit = circuit
        self._patience = patience

    async def ask(self, call: Call) -> Reply:
        """The inner model's answer. CircuitOpen where it is not asked, with when a try makes sense."""
        attempt = uuid.uuid4().hex
        pause = await self._circuit.enter(attempt)
        if pause is not None:
            raise CircuitOpen(
                f"the {self.role}'s model {self.name!r} keeps failing, and is not asked now; "
                f"a next try makes sense in {math.ceil(pause)} s",
                unanswered=True,
                retry_after=pause,
            )
        ended: Ended = "unknown"
        asked_for = 0.0
        try:
            reply = await self.inner.ask(call)
            ended = "answered"
        except ModelRefused:
            ended = "answered"
            raise
        except ModelUnreachable as error:
            if (error.retry_after or 0.0) > self._patience:
                asked_for = error.retry_after or 0.0
            ended = "unknown" if isinstance(error, ModelBusy) and not asked_for else "failed"
            raise
        finally:
            await self._circuit.leave(attempt, ended, asked_for)
        return reply
