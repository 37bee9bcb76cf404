"""An estimate that is made up is worse than none: it comes from what was really taken, or it is unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from slipway.state import (
    EMPTY_VERSION,
    Change,
    Estimate,
    FileRef,
    Outcome,
    ProjectStore,
    RunRecord,
    RunStore,
    Spread,
    Usage,
    estimate,
    hold,
)
from slipway.state.keys import RunKeys
from slipway.state.records import Origin, Status


async def ended(
    redis: Redis,
    record: RunRecord,
    number: int,
    cost: float | None,
    *,
    status: Status = "delivered",
    fork: bool = False,
) -> str:
    """A run that took so many thousand tokens, and as many seconds; where it delivered, the head moved."""
    run, projects = f"r{number}", ProjectStore(redis)
    origin = Origin(kind="fork", run="r0", version=EMPTY_VERSION) if fork else None
    created = record.created + timedelta(minutes=number)
    await RunStore(redis).create(record.model_copy(update={"id": run, "created": created, "origin": origin}))
    async with hold(redis, run=run, project="p") as fence:
        base = await projects.head("p")
        await projects.branch("p", run, base)
        [digest] = await projects.put_blobs("p", fence, [run.encode()])
        changes = {f"{run}.py": Change(None, FileRef(digest))}
        version = (await projects.publish("p", fence, step="code", attempt=1, changes=changes)).version
        if status == "delivered":
            assert await projects.advance_head("p", fence, expected=base, version=version)
    usage = Usage(calls=3, input_tokens=900 * number, output_tokens=100 * number, cost_usd=cost)
    outcome = Outcome(run=run, project="p", status=status, usage=usage, seconds=float(number))
    await RunStore(redis).finish(run, outcome)
    return run


async def test_it_is_the_middle_and_the_range_of_what_delivered(
    redis: Redis, projects: ProjectStore, record: RunRecord
) -> None:
    """What gave up says nothing of what it takes to deliver, and a fork did only a part of it."""
    for number, cost in ((1, 0.10), (2, 0.40), (6, None)):
        await ended(redis, record, number, cost)
    await ended(redis, record, 50, 9.0, status="gave_up")
    await ended(redis, record, 60, 9.0, fork=True)
    await projects.rollback_head("p")  # a person's move, of no run
    assert await estimate(redis, "p") == Estimate(
        runs=3,
        cost_usd=Spread(median=0.25, least=0.10, most=0.40),
        tokens=Spread(median=2000, least=1000, most=6000),
        seconds=Spread(median=2.0, least=1.0, most=6.0),
    )
    assert (await estimate(redis, "p", newest=2)).runs == 1  # of the two newest one is the fork


async def test_without_a_history_it_is_unknown(redis: Redis, projects: ProjectStore, record: RunRecord) -> None:
    assert await estimate(redis, "p") == Estimate()
    run = await ended(redis, record, 1, 0.1)
    await redis.delete(RunKeys(run).record)  # its time to live has passed
    assert await estimate(redis, "p") == Estimate()
    assert await estimate(redis, "q") == Estimate()


async def test_a_damaged_run_is_left_out_and_named(
    redis: Redis, projects: ProjectStore, record: RunRecord, caplog: pytest.LogCaptureFixture
) -> None:
    """It must not stop those that come after it."""
    runs = [await ended(redis, record, number, 0.1) for number in (1, 2)]
    await redis.hset(RunKeys(runs[0]).record, "outcome", "{}")
    assert (await estimate(redis, "p")).runs == 1
    assert "run 'r1' is corrupt" in caplog.text
