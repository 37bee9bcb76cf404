"""The doors to a run that goes on: cancel it, pause it, give it an instruction.

An order goes into the run's inbox, and the process that works on the run acts on it. Where no process does, or only one
that is provably dead or let its lease run out, the order is carried out from here, with the run's lease. A process that
was stopped (SIGSTOP, a closed laptop) finds, when it wakes, that it may write no more, and leaves nothing running.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from ..config import Settings, UsageError, load_settings
from ..state import (
    PARKED,
    Cancel,
    EventStream,
    Inbox,
    Outcome,
    Pause,
    RunEnded,
    RunRecord,
    RunStore,
    Status,
    Steer,
    Steered,
    TooLate,
    is_held,
    open_state,
)
from ..state.records import MOST_SAID
from ..state.text import encodable
from .closing import stands, stopped

WAIT_SECONDS = 15.0
"""Longer than a lease lives: by then a process that is stopped has lost the run."""

_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Told:
    """What became of an instruction so far."""

    given: Steered | None
    """Which request was the first to say it; None where none did yet: then it is kept for the next one."""
    status: Status
    """How the run stands."""
    working: bool
    """A process works on the run."""


async def cancel(
    run_id: str, *, reason: str = "", settings: Settings | None = None, wait: float = WAIT_SECONDS
) -> Outcome:
    """End a run for good, and return how it ended, once nothing of it is left; a repeat changes nothing.

    The outcome is another one than `cancelled` where the run ended by itself meanwhile. UnknownRun; TooLate where it
    had ended before; NotHeeded where the process that works on it did nothing within `wait` seconds.
    """
    _check_encoding("reason", reason)
    async with _opened(run_id, settings) as (redis, record):
        order = Cancel(reason=reason)
        try:
            await Inbox(redis, run_id).post(order)
        except TooLate as late:
            if late.status != "cancelled":
                raise
            return await stands(redis, run_id)
        return await stopped(redis, record, order, wait)


async def pause(run_id: str, *, settings: Settings | None = None, wait: float = WAIT_SECONDS) -> Outcome:
    """Park a run, and return how it stands, once nothing of it is running; `resume` goes on with it.

    One that is parked already stays as it is. The errors are those of `cancel`.
    """
    async with _opened(run_id, settings) as (redis, record):
        order = Pause()
        try:
            await Inbox(redis, run_id).post(order)
        except TooLate as late:
            if late.status not in PARKED:
                raise
            return await stands(redis, run_id)
        return await stopped(redis, record, order, wait)


async def steer(run_id: str, text: str, *, settings: Settings | None = None, wait: float = WAIT_SECONDS) -> Told:
    """Give every agent of a run an instruction: those at work with their next request, the others with their first.

    Waits up to `wait` seconds until one was given it, where a process works on the run. UnknownRun; UsageError; TooLate
    where the run has ended.
    """
    _check_text(text)
    settings = settings or await asyncio.to_thread(load_settings)
    async with open_state(settings) as redis:
        events, runs = EventStream(redis, run_id), RunStore(redis)
        await runs.get(run_id)
        before = await events.newest()
        name = await Inbox(redis, run_id).post(Steer(text=text))
        until = time.monotonic() + wait
        while True:
            working = await is_held(redis, run_id)
            for _, event in await events.read(before):
                if isinstance(event, Steered) and any(each.id == name for each in event.instructions):
                    return Told(event, "running", working)
                working = working and not isinstance(event, RunEnded)
            if not working or time.monotonic() > until:
                return Told(None, (await runs.get(run_id)).status, working)
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def _opened(run: str, settings: Settings | None) -> AsyncGenerator[tuple[Redis, RunRecord]]:
    settings = settings or await asyncio.to_thread(load_settings)
    async with open_state(settings) as redis:
        record = await RunStore(redis).get(run)
        if record.adopted:
            raise UsageError(f"run {run!r} belongs to the platform that runs its graph; stop it there")
        yield redis, record


def _check_text(text: str) -> None:
    _check_encoding("instruction", text)
    if not text.strip():
        raise UsageError("the instruction is empty; say in a sentence what is to be done otherwise")
    if len(text) > MOST_SAID:
        raise UsageError(f"the instruction has {len(text):,} characters; say it in {MOST_SAID:,} at most")


def _check_encoding(what: str, text: str) -> None:
    if text != encodable(text):
        raise UsageError(f"the {what} is not valid UTF-8; send it in that encoding")
