from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from ..config import RetrySettings
from ..state.records import Event, Waiting
from ..telemetry import Tracer, names
from .base import Around, Call, CircuitOpen, Model, ModelUnreachable, Reply

Emit = Callable[[Event], Awaitable[object]]


class Retried(Around):
    """A model that is asked again where it gave no answer and may give one soon.

    Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015), never sooner than it asked
    for itself, bounded in attempts and in time. The providers' clients repeat nothing.
    """

    def __init__(self, inner: Model, settings: RetrySettings, tracer: Tracer, emit: Emit) -> None:
        super().__init__(inner)
        self._settings = settings
        self._tracer = tracer
        self._emit = emit

    async def ask(self, call: Call) -> Reply:
        """The inner model's answer. ModelUnreachable of the last attempt where none was had."""
        begun = time.monotonic()
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return await self.inner.ask(call)
            except ModelUnreachable as error:
                pause = self._pause(error, attempt, time.monotonic() - begun)
                if pause is None:
                    raise
                reason = f"attempt {attempt} of {self._settings.attempts}: {error}"
            await self._wait(call, pause, reason)
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, error: ModelUnreachable, attempt: int, passed: float) -> float | None:
        """The seconds before the next attempt; None where there is to be none."""
        if isinstance(error, CircuitOpen) or attempt >= self._settings.attempts:
            return None
        backoff = min(self._settings.longest_pause, self._settings.first_pause * 2 ** (attempt - 1))
        pause = max(random.uniform(0, backoff), error.retry_after or 0.0)
        return pause if passed + pause <= self._settings.seconds else None

    async def _wait(self, call: Call, seconds: float, reason: str) -> None:
        await self._emit(
            Waiting(step=call.step, index=call.index, role=self.role, model=self.name, reason=reason, seconds=seconds)
        )
        with self._tracer.span(names.SPAN_RETRY_WAIT, slipway__step=call.step, slipway__reason=reason):
            await asyncio.sleep(seconds)
