"""What a run may take: what those took that delivered to its project before."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Sequence

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .base import CorruptState
from .keys import RunKeys
from .projects import ProjectStore
from .records import Estimate, Outcome, RunRecord, Spread
from .scripts import command

_log = logging.getLogger(__name__)

_RECORD, _OUTCOME = TypeAdapter(RunRecord), TypeAdapter(Outcome)
_NEWEST = 20


async def estimate(redis: Redis, project: str, *, newest: int = _NEWEST) -> Estimate:
    """From the `newest` runs that delivered to `project`, as far as they are still recorded.

    Runs that began with another one's work are left out: they did less than a whole run.
    """
    moves = [move.run for move in await ProjectStore(redis).history(project) if move.run]
    runs = list(dict.fromkeys(reversed(moves)))[:newest]
    found = [outcome for run in runs if (outcome := await _whole(redis, run)) is not None]
    costs = [outcome.usage.cost_usd for outcome in found if outcome.usage.cost_usd is not None]
    return Estimate(
        runs=len(found),
        cost_usd=_spread(costs),
        tokens=_spread([outcome.usage.input_tokens + outcome.usage.output_tokens for outcome in found]),
        seconds=_spread([outcome.seconds for outcome in found]),
    )


async def _whole(redis: Redis, run: str) -> Outcome | None:
    """The outcome of a run that delivered, and did so from its beginning; a damaged one is left out."""
    key, owner = RunKeys(run).record, f"run {run!r}"
    try:
        record, outcome = await command(redis, "HMGET", key, "record", "outcome")
        if record is None or outcome is None or wire.parse(_RECORD, record, owner=owner, key=key).origin is not None:
            return None
        found = wire.parse(_OUTCOME, outcome, owner=owner, key=key)
    except CorruptState as error:
        _log.warning("%s", error)
        return None
    return found if found.status == "delivered" else None


def _spread(figures: Sequence[float]) -> Spread | None:
    if not figures:
        return None
    return Spread(median=statistics.median(figures), least=min(figures), most=max(figures))
