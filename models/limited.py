from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ..config import RoleConfig
from ..state.rates import Rates, Refusal
from ..state.records import Waiting
from ..telemetry import Tracer, names
from .base import Around, Call, Model, ModelRefused, ModelUnreachable, Reply
from .retried import Emit

_POLL_SECONDS = 1.0


class Limited(Around):
    """A model whose calls wait until its provider's limits, which all processes keep together, let them.

    The wait has a span of its own; it is no time of the model.
    """

    def __init__(self, inner: Model, config: RoleConfig, rates: Rates, tracer: Tracer, emit: Emit) -> None:
        super().__init__(inner)
        self._config = config
        self._rates = rates
        self._tracer = tracer
        self._emit = emit

    async def ask(self, call: Call) -> Reply:
        """Ask the inner model once it is this call's turn."""
        name = uuid.uuid4().hex
        used: int | None = None
        try:
            await self._turn(call, name)
            async with self._renewed(name):
                reply = await self.inner.ask(call)
            used = reply.usage.input_tokens + reply.usage.output_tokens or None
            return reply
        except ModelRefused:
            used = 0
            raise
        except ModelUnreachable as error:
            used = 0 if error.unanswered else None
            raise
        finally:
            await self._rates.leave(name, used)

    async def _turn(self, call: Call, name: str) -> None:
        # The bound of the budget: every byte a token, and the longest reply.
        tokens = len(call.canonical(self.name).encode()) + self._config.max_output_tokens
        refusal = await self._rates.enter(name, tokens)
        if refusal is None:
            return
        reason = f"limit of {self.name.partition(':')[0]!r}: {_WORDS[refusal.limit]}"
        await self._emit(Waiting(step=call.step, index=call.index, role=self.role, model=self.name, reason=reason))
        with self._tracer.span(names.SPAN_RATE_WAIT, slipway__step=call.step, slipway__reason=reason):
            await self._wait(name, tokens, refusal)

    async def _wait(self, name: str, tokens: int, refusal: Refusal | None) -> None:
        while refusal is not None:
            await asyncio.sleep(min(refusal.seconds, _POLL_SECONDS))
            refusal = await self._rates.enter(name, tokens)

    @asynccontextmanager
    async def _renewed(self, name: str) -> AsyncGenerator[None]:
        keeper = asyncio.create_task(self._keep(name))
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, name: str) -> None:
        while True:
            await asyncio.sleep(self._rates.life / 3)
            await self._rates.renew(name)


_WORDS = {"requests": "requests per minute", "tokens": "tokens per minute", "parallel": "calls at the same time"}
