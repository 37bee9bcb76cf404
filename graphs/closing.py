"""How a passage of a run ends: with its outcome, recorded by whoever holds the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from redis.asyncio import Redis

from ..config import UsageError
from ..state import ENDED, Cancel, Journal, Outcome, Pause, ProjectStore, RunRecord, RunStore, hold
from ..state.checkpoints import RedisSaver
from .build import build
from .failures import Verdict
from .orders import obeyed
from .outcome import Recorded, outcome_of


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


async def record_end(run: Closable, state: Mapping[str, Any], verdict: Verdict, trace: str | None) -> Outcome:
    """Record how `run` ended or was parked, as its newest checkpoint and the stores say; return that."""
    status, cause, reason = verdict
    seconds = await run.runs.seconds(run.record.id)
    outcome = await outcome_of(run, state, status=status, cause=cause, reason=reason, seconds=seconds, trace_id=trace)
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


async def obey(redis: Redis, record: RunRecord, order: Cancel | Pause) -> Outcome:
    """End or park a run that no process works on, as it was told; one that has ended stays as it is. LeaseHeld.

    UsageError where it is to be cancelled, and has delivered already without that being recorded.
    """
    async with hold(redis, run=record.id, project=record.project) as fence:
        run = _Books(record, ProjectStore(redis), RunStore(redis, fence), Journal(redis, fence))
        if (outcome := await ended(run)) is not None:
            return outcome
        if isinstance(order, Cancel) and await has_delivered(run):
            raise UsageError(
                f"run {record.id!r} delivered its files and was killed before it could say so; it is too late to "
                f"cancel it; let it say so: slipway resume {record.id}"
            )
        graph: Any = build().compile(checkpointer=RedisSaver(redis))
        state = (await graph.aget_state({"configurable": {"thread_id": record.id}})).values
        return await record_end(run, state, obeyed(order, record.id), record.traces[-1] if record.traces else None)


async def has_delivered(run: Recorded) -> bool:
    """Whether the project's head was moved by `run`."""
    return any(move.run == run.record.id for move in await run.projects.history(run.record.project))
