"""What a run may take: by the settings, by what its caller asks for, and by the clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from ..config import CapSettings, LimitSettings, UsageError
from ..state import Cap, RunLimits, RunStore, StateError
from .failures import Verdict

_TICK = 5.0
"""Seconds between two notes of how long a passage has taken: what a kill may leave out."""


@dataclass(frozen=True)
class Asked:
    """What the caller of a run lets it take; None is what is known already. UsageError: it is no positive number."""

    max_cost: float | None = None
    """USD."""
    max_tokens: int | None = None
    max_steps: int | None = None
    """Model calls."""
    max_seconds: float | None = None
    """Wall time of all passages."""
    timeout: float | None = None
    """Seconds of this passage."""

    def __post_init__(self) -> None:
        for what, number in vars(self).items():
            if number is not None and not 0 < number < math.inf:
                raise UsageError(f"{what} must be more than 0, not {number!r}")

    @property
    def cap(self) -> Cap:
        """Of the run."""
        return Cap(cost_usd=self.max_cost, tokens=self.max_tokens, steps=self.max_steps)


def limits_of(settings: LimitSettings, asked: Asked) -> RunLimits:
    """The limits of a new run: those of the settings, but for what its caller asks for."""
    usual = _set(settings)
    return usual.model_copy(update={"run": asked.cap.over(usual.run), "seconds": asked.max_seconds or usual.seconds})


def raised(limits: RunLimits, settings: LimitSettings, asked: Asked) -> RunLimits:
    """The limits of a run that goes on: its own, but for what its caller asks for now.

    At the other levels, what the settings bound now holds; what they do not bound stays as it was.
    """
    levels = ("call", "stage", "project", "tenant_day")
    changed = {level: getattr(_set(settings), level).over(getattr(limits, level)) for level in levels}
    own = {"run": asked.cap.over(limits.run), "seconds": asked.max_seconds or limits.seconds}
    return limits.model_copy(update={**changed, **own})


def _set(settings: LimitSettings) -> RunLimits:
    return RunLimits(
        call=Cap(cost_usd=settings.call.max_cost_usd, tokens=settings.call.max_tokens),
        stage=_cap(settings.stage),
        run=_cap(settings),
        project=_cap(settings.project),
        tenant_day=_cap(settings.tenant_day),
        seconds=settings.max_seconds,
    )


def _cap(settings: CapSettings) -> Cap:
    return Cap(cost_usd=settings.max_cost_usd, tokens=settings.max_tokens, steps=settings.max_steps)


@dataclass(frozen=True)
class Clock:
    """How long a passage may take, and what it means when that is over."""

    seconds: float | None
    verdict: Verdict


def clock_of(run: str, timeout: float | None, limit: float | None, before: float) -> Clock:
    """The passage's own `timeout`, or what `before` seconds of earlier passages leave of the run's `limit`."""
    left = math.inf if limit is None else max(0.0, limit - before)
    if limit is not None and left <= (math.inf if timeout is None else timeout):
        said = f"run {run!r} has taken the {limit:g} s that it may; give it more: slipway resume {run} --max-seconds S"
        return Clock(left, Verdict("over_budget", "budget", said))
    return Clock(
        timeout, Verdict("paused", "timeout", f"{timeout or 0:g} s are over; go on with: slipway resume {run}")
    )


@asynccontextmanager
async def noted(runs: RunStore, run: str, passage: str) -> AsyncGenerator[None]:
    """Note every few seconds how long a passage has taken, so that a kill does not hide its time."""
    begun = asyncio.get_running_loop().time()

    async def note() -> None:
        while True:
            await asyncio.sleep(_TICK)
            with suppress(StateError):  # whatever is wrong, the run itself will meet it
                await runs.set_seconds(run, passage, asyncio.get_running_loop().time() - begun)

    task = asyncio.create_task(note())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
