"""New runs from recorded ones: a fork goes on from any step of a run, a replay does it over from the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opentelemetry.trace import TracerProvider
from redis.asyncio import Redis

from .. import __version__
from ..agents import pinned
from ..config import Lineup, Settings, UsageError, load_settings, secret
from ..models import check_lineup
from ..state import ENDED, Outcome, ProjectStore, RunRecord, RunStore, open_state
from ..state.checkpoints import RedisSaver
from ..state.export import check_target
from ..state.records import Origin
from .limits import Asked, limits_of
from .origins import Moment, before, behind, moments
from .passage import Passage, under_way
from .records import new_run_id
from .resources import asked_roles, check_sandbox
from .run import checked_lineup, named_lineup


@asynccontextmanager
async def forking(
    run: str,
    *,
    at: str,
    lineup: str | Path | Lineup | None = None,
    into: str | Path | None = None,
    max_cost: float | None = None,
    max_tokens: int | None = None,
    max_steps: int | None = None,
    max_seconds: float | None = None,
    timeout: float | None = None,
    settings: Settings | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Passage]:
    """Begin a new run from `run` as it was when step `at` was done (or at a checkpoint's id), with its files.

    It works on the same project, and what it delivers takes the place of what `run` delivered. `lineup` is another
    line-up from there on. The other options are those of `start`. UnknownRun; UsageError, which lists the steps.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    limits = limits_of(settings.limits, Asked(max_cost, max_tokens, max_steps, max_seconds, timeout))
    target = await asyncio.to_thread(check_target, into) if into is not None else None
    async with open_state(settings) as redis:
        source = await RunStore(redis).get(run)
        chosen = await asyncio.to_thread(checked_lineup, lineup or source.lineup, limits)
        if chosen.history != source.lineup.history:
            raise UsageError(
                f"run {run!r} has history {source.lineup.history!r}, and a fork goes on with that; "
                f"line-up {chosen.name!r} has {chosen.history!r}"
            )
        moment = behind(await moments(RedisSaver(redis), run), run, at)
        await check_sandbox(settings)
        record = _made_of(source, _origin("fork", source, moment, at), chosen).model_copy(
            update={
                "base": await _fork_base(redis, source),
                "into": str(target) if target else None,
                "tenant": settings.tenant,
                "limits": limits,
                "fix_rounds": settings.limits.fix_rounds,
                "mutants": settings.limits.mutants,
            }
        )
        await RunStore(redis).create(record)
        async with under_way(redis, record, settings, timeout, tracer_provider) as passage:
            yield passage


@asynccontextmanager
async def replaying(
    run: str,
    *,
    stage: str | None = None,
    lineup: str | Path | Lineup | None = None,
    max_cost: float | None = None,
    max_tokens: int | None = None,
    max_steps: int | None = None,
    max_seconds: float | None = None,
    timeout: float | None = None,
    settings: Settings | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Passage]:
    """Do a run over from its record: no model is asked, no project is changed.

    With `stage` (a stage, or one of its steps such as `fix/2`), it begins on the recorded state before it, asks the
    model of that stage anew (of `lineup`, else of the run's own line-up), and stops once the checks have judged that.
    UnknownRun; UsageError where the run has not ended, or has no such stage.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    limits = limits_of(settings.limits, Asked(max_cost, max_tokens, max_steps, max_seconds, timeout))
    if lineup is not None and stage is None:
        raise UsageError("a replay of a whole run asks no model; name the --stage that another line-up is to do")
    async with open_state(settings) as redis:
        source = await RunStore(redis).get(run)
        if stage is None:
            if source.status not in ENDED:
                raise UsageError(f"run {run!r} has not ended: {source.status}; go on with it: slipway resume {run}")
            origin = await _whole(redis, source)
        else:
            moment = before(await moments(RedisSaver(redis), run), run, stage)
            origin = _origin("replay", source, moment).model_copy(update={"anew": stage.partition("/")[0]})
        record = _made_of(source, origin, await asyncio.to_thread(_replay_lineup, source, origin, lineup))
        record = record.model_copy(update={"tenant": settings.tenant, "limits": limits})
        await asyncio.to_thread(check_lineup, record.lineup, secret, limits, asked_roles(record))
        await RunStore(redis).create(record)
        async with under_way(redis, record, settings, timeout, tracer_provider) as passage:
            yield passage


async def fork(run_id: str, *, at: str, **options: Any) -> Outcome:
    """Go on from a step of a recorded run in a new one, and return how that ended. The options are `forking`'s."""
    async with forking(run_id, at=at, **options) as passage:
        return await passage.outcome()


async def replay(run_id: str, **options: Any) -> Outcome:
    """Do a run, or a stage of it, over from its record, and return how that ended. The options are `replaying`'s."""
    async with replaying(run_id, **options) as passage:
        return await passage.outcome()


def _made_of(source: RunRecord, origin: Origin, lineup: Lineup) -> RunRecord:
    return RunRecord(
        id=new_run_id(),
        project=source.project,
        request=source.request,
        lineup=lineup,
        base=source.base,
        created=datetime.now(UTC),
        fix_rounds=source.fix_rounds,
        mutants=source.mutants,
        ask=source.ask,
        approve=source.approve,
        pack=source.pack,
        origin=origin,
        slipway=__version__,
    )


def _origin(kind: Any, source: RunRecord, moment: Moment, step: str | None = None) -> Origin:
    line = (source.origin.run, *source.origin.line) if source.origin and source.origin.kind == "replay" else ()
    return Origin(
        kind=kind,
        run=source.id,
        step=step,
        checkpoint=moment.checkpoint,
        version=moment.version or source.base,
        line=line,
    )


async def _whole(redis: Redis, source: RunRecord) -> Origin:
    """Where a replay of a whole run begins: where that run began."""
    origin = source.origin
    if origin is None:
        return Origin(kind="replay", run=source.id, version=source.base)
    if origin.anew:
        raise UsageError(
            f"run {source.id!r} is a replay of one stage and no whole run; do that over: slipway replay {origin.run} "
            f"--stage {origin.anew}"
        )
    if origin.checkpoint is None:
        return Origin(kind="replay", run=source.id, version=origin.version, line=(origin.run, *origin.line))
    return _origin("replay", source, (await moments(RedisSaver(redis), source.id))[0])


async def _fork_base(redis: Redis, source: RunRecord) -> str:
    """What a fork may take the place of: what its run began with, or what that run itself delivered."""
    outcome = await RunStore(redis).outcome(source.id)
    delivered = outcome is not None and outcome.status == "delivered" and outcome.version
    head = await ProjectStore(redis).head(source.project)
    return head if delivered == head else source.base


def _replay_lineup(source: RunRecord, origin: Origin, lineup: str | Path | Lineup | None) -> Lineup:
    """The run's own line-up, with the role of the stage that is done anew from `lineup`."""
    if lineup is None:
        return source.lineup
    other = named_lineup(lineup)
    asked = asked_roles(_made_of(source, origin, source.lineup))
    if not asked:
        raise UsageError(f"stage {origin.anew!r} asks no model; replay it without another line-up")
    if lacks := [role for role in asked if role not in other.roles]:
        raise UsageError(f"line-up {other.name!r} has {lacks[0]} off, which does stage {origin.anew!r}; name another")
    roles = {**source.lineup.roles, **{role: other.roles[role] for role in asked}}
    name = f"{source.lineup.name}, {asked[0]} of {other.name}"
    return pinned(source.lineup.model_copy(update={"name": name, "roles": roles}))
