"""How a passage of a run ends: with its outcome, recorded by whoever holds the run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from redis.asyncio import Redis

from ..config import Secrets
from ..state import (
    ENDED,
    PARKED,
    Cancel,
    Inbox,
    Journal,
    LeaseHeld,
    NotHeeded,
    Outcome,
    Pause,
    ProjectStore,
    RunRecord,
    RunStore,
    hold,
    holder_of,
)
from ..state.checkpoints import RedisSaver
from ..state.records import Pending
from .build import build
from .failures import Verdict
from .orders import obeyed
from .outcome import Recorded, outcome_of

_LOOK_SECONDS = 0.05
_NEW = timedelta(seconds=0.3)
"""For how long a run that nobody holds may be one that is just being started."""


class Closable(Recorded, Protocol):
    """A run whose end can be recorded."""

    @property
    def runs(self) -> RunStore:
        """The records of runs, with the fence of this one."""
        ...


@dataclass(frozen=True)
class _Books:
    record: RunRecord
    projects: ProjectStore
    runs: RunStore
    journal: Journal
    secrets: Secrets = field(default_factory=Secrets)
    """None are known here: what is read was masked when it was recorded."""


async def record_end(
    run: Closable,
    state: Mapping[str, Any],
    verdict: Verdict,
    trace: str | None,
    *,
    waiting: tuple[Pending, ...] = (),
) -> Outcome:
    """Record how `run` ended or was parked, as its newest checkpoint and the stores say; return that.

    `waiting` is what a parked run waits for a person to decide.
    """
    status, cause, reason = verdict
    if status == "cancelled" and await _delivered(run):  # the order met its very last step
        project = run.record.project
        reason += f"; its files had become project {project!r} by then; take that back: slipway rollback {project}"
    seconds = await run.runs.seconds(run.record.id)
    outcome = await outcome_of(run, state, status=status, cause=cause, reason=reason, seconds=seconds, trace_id=trace)
    outcome = outcome.model_copy(update={"waiting": () if status in ENDED else waiting})
    await run.runs.finish(run.record.id, outcome)
    # Who cancels waits until nothing of the run is left; the project's next run sweeps.
    if status in ENDED and status != "cancelled":
        await run.projects.sweep_if_due(run.record.project)
    return outcome


async def ended(run: Closable) -> Outcome | None:
    """How `run` ended, where it has: another process may have ended it before this one got its lease."""
    if (await run.runs.get(run.record.id)).status not in ENDED:
        return None
    return await run.runs.outcome(run.record.id)


async def stopped(redis: Redis, record: RunRecord, order: Cancel | Pause, wait: float) -> Outcome:
    """How a run stands once it is stopped, as its inbox says, and nobody holds it any more; what ended is as it ended.

    The process that holds it is waited for, and where none does the order is carried out here. NotHeeded: it was held
    for `wait` seconds.
    """
    inbox = Inbox(redis, record.id)
    until = time.monotonic() + wait
    while True:
        holder = await holder_of(redis, record.id)
        if holder is None and not timedelta(0) < datetime.now(UTC) - record.created < _NEW:
            status, pending = (await RunStore(redis).get(record.id)).status, await inbox.order()
            if status in ENDED or (status in PARKED and pending is None):
                return await stands(redis, record.id)
            try:
                return await _obey(redis, record, pending or order)
            except LeaseHeld as held:  # somebody was faster: who goes on with the run, or obeys, too
                holder = held.holder
        if time.monotonic() > until:
            raise NotHeeded(record.id, order.kind, holder or "the process that starts it", wait)
        await asyncio.sleep(_LOOK_SECONDS)


async def stands(redis: Redis, run: str) -> Outcome:
    """The outcome of a run that has ended or is parked."""
    outcome = await RunStore(redis).outcome(run)
    assert outcome is not None, "a run ends, and is parked, with its outcome"
    return outcome


async def _obey(redis: Redis, record: RunRecord, order: Cancel | Pause) -> Outcome:
    """End or park a run that no process works on; one that has ended stays as it is. LeaseHeld."""
    async with hold(redis, run=record.id, project=record.project, tenant=record.tenant) as fence:
        run = _Books(record, ProjectStore(redis), RunStore(redis, fence), Journal(redis, fence))
        if (outcome := await ended(run)) is not None:
            return outcome
        graph: Any = build().compile(checkpointer=RedisSaver(redis))
        state = (await graph.aget_state({"configurable": {"thread_id": record.id}})).values
        return await record_end(run, state, obeyed(order, record.id), record.traces[-1] if record.traces else None)


async def _delivered(run: Recorded) -> bool:
    return any(move.run == run.record.id for move in await run.projects.history(run.record.project))
