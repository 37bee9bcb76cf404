"""What a run was asked and how it ended must be found again: by resume, by experiments, and after a crash."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from slipway.state import (
    Account,
    Budget,
    Cap,
    CorruptState,
    EventStream,
    Fence,
    FenceLost,
    Outcome,
    RunEnded,
    RunExists,
    RunLimits,
    RunRecord,
    RunStarted,
    RunStore,
    Spend,
    StageRecord,
    UnknownRun,
    hold,
)
from slipway.state.checkpoints import RedisSaver
from slipway.state.keys import PROJECTS, RUNS, LedgerKeys, ProjectKeys, RunKeys, tag_of

ACCOUNT, COST = Account("r", "p"), Spend(1, 10, 1.0)


@pytest.fixture
def runs(redis: Redis) -> RunStore:
    return RunStore(redis)


async def test_a_record_comes_back_with_its_newest_status_and_traces(runs: RunStore, record: RunRecord) -> None:
    await runs.create(record.model_copy(update={"traces": ("t0",)}))
    for trace in ("t1", "t2", "t1"):
        await runs.add_trace("r", trace)
    await runs.set_status("r", "paused")
    assert await runs.get("r") == record.model_copy(update={"status": "paused", "traces": ("t0", "t1", "t2")})


async def test_limits_that_were_raised_stay_so(runs: RunStore, record: RunRecord) -> None:
    """The next who goes on with the run may be another process, which was told nothing."""
    await runs.create(record.model_copy(update={"limits": RunLimits(run=Cap(cost_usd=1.0))}))
    higher = RunLimits(run=Cap(cost_usd=2.0, steps=9), seconds=60)
    await runs.set_limits("r", higher)
    assert await runs.get("r") == record.model_copy(update={"limits": higher})


def test_a_record_of_before_there_were_levels_is_read(record: RunRecord) -> None:
    """A run that was parked then must not be lost, nor its limit."""
    old = record.model_dump(mode="json", exclude={"tenant", "limits"})
    read = RunRecord.model_validate({**old, "max_cost_usd": 0.5})
    assert read == record.model_copy(update={"tenant": "default", "limits": RunLimits(run=Cap(cost_usd=0.5))})
    assert RunRecord.model_validate({**old, "max_cost_usd": None}) == record


def test_records_of_before_problems_and_labels_are_read(record: RunRecord) -> None:
    """Checkpoints, events and outcomes of parked runs hold them."""
    assert RunRecord.model_validate(record.model_dump(mode="json", exclude={"labels"})) == record
    stage = StageRecord(step="code/a", stage="code")
    outcome = Outcome(run="r", project="p", status="delivered", stages=(stage,))
    old = outcome.model_dump(mode="json", exclude={"problems": True, "stages": {0: {"problems"}}})
    assert Outcome.model_validate(old) == outcome and "problems" not in repr(old)


async def test_an_id_is_used_once(runs: RunStore, record: RunRecord) -> None:
    await runs.create(record)
    with pytest.raises(RunExists, match="run 'r' exists; resume it"):
        await runs.create(record.model_copy(update={"request": "another"}))
    assert await runs.get("r") == record


async def test_making_the_same_run_again_is_a_repeat(runs: RunStore, record: RunRecord) -> None:
    """The client sends again what it got no answer to, and must not be told that somebody else has the id."""
    await runs.create(record.model_copy(update={"traces": ("t0",)}))
    await runs.create(record.model_copy(update={"traces": ("t0",)}))
    assert (await runs.get("r")).traces == ("t0",)


async def test_the_seconds_of_the_passages_add_up(runs: RunStore, record: RunRecord) -> None:
    await runs.create(record)
    assert await runs.seconds("r") == 0.0
    for _ in range(2):  # a repeat is no second passage
        await asyncio.gather(*(runs.set_seconds("r", f"trace{number}", 0.25) for number in range(8)))
    assert await runs.seconds("r") == pytest.approx(2.0)


async def test_who_lost_the_run_changes_nothing_of_it(
    redis: Redis, runs: RunStore, record: RunRecord, fence: Fence
) -> None:
    """A process that wakes up late must not overwrite how the run went on without it."""
    await runs.create(record)
    late, budget, events = RunStore(redis, fence), Budget(redis, ACCOUNT, fence=fence), EventStream(redis, "r", fence)
    reservation = await budget.reserve("code", COST)
    await redis.delete(RunKeys("r").lease)
    async with hold(redis, run="r", project="p") as newer:
        await RunStore(redis, newer).set_status("r", "running")
        before = await everything(redis)
        started = RunStarted(run="r", project="p", request="a", lineup="b")
        writes = [
            late.set_status("r", "paused"), late.add_trace("r", "t"), late.set_seconds("r", "t", 1.0),
            late.finish("r", Outcome(run="r", project="p", status="failed")), events.append(started),
            budget.reserve("code", COST), budget.settle(reservation, COST), late.set_limits("r", RunLimits()),
        ]  # fmt: skip
        for write in writes:
            with pytest.raises(FenceLost, match="run 'r' is no longer held by token 1: token 2 holds it"):
                await write
        assert await everything(redis) == before


async def everything(redis: Redis) -> dict[bytes, bytes]:
    """All that the server holds, but the life of the lease."""
    keys = [key async for key in redis.scan_iter("*") if key.decode() != RunKeys("r").lease]
    return {key: await redis.dump(key) for key in keys}


async def test_a_run_that_ended_has_said_so(redis: Redis, runs: RunStore, record: RunRecord) -> None:
    """Who follows a run waits for this event; a kill between outcome and event would leave it waiting."""
    await runs.create(record)
    outcome = Outcome(run="r", project="p", status="failed", reason="why")
    await runs.finish("r", outcome)
    events = [event async for _, event in EventStream(redis, "r").follow()]
    assert [(event.kind, event.outcome) for event in events if isinstance(event, RunEnded)] == [("run_ended", outcome)]


async def test_every_question_about_an_unknown_run_lists_those_there_are(runs: RunStore, record: RunRecord) -> None:
    """A mistyped id is the usual reason, and a write must not make half a run."""
    await runs.create(record)
    questions = [
        runs.get("s"), runs.set_status("s", "paused"), runs.add_trace("s", "t"), runs.set_seconds("s", "t", 1.0),
        runs.seconds("s"), runs.outcome("s"), runs.finish("s", Outcome(run="s", project="p", status="failed")),
    ]  # fmt: skip
    for question in questions:
        with pytest.raises(UnknownRun) as raised:
            await question
        assert str(raised.value) == "no run 's'; the newest are r"
    assert [run.id for run in await runs.newest()] == ["r"]


async def test_without_runs_the_error_says_so(runs: RunStore) -> None:
    with pytest.raises(UnknownRun, match="no run 's'; there are no runs"):
        await runs.get("s")


async def test_an_outcome_is_stored_with_its_status(runs: RunStore, record: RunRecord) -> None:
    await runs.create(record)
    assert await runs.outcome("r") is None
    outcome = Outcome(run="r", project="p", status="needs_input", reason="which currency?", seconds=1.5)
    await runs.finish("r", outcome)
    assert (await runs.outcome("r"), (await runs.get("r")).status) == (outcome, "needs_input")


async def test_only_an_ended_run_has_a_time_to_live_and_all_of_it_has(
    redis: Redis, runs: RunStore, record: RunRecord, fence: Fence
) -> None:
    """A parked run waits for its person however long; an ended one must not fill the memory. Versions stay."""
    await runs.create(record)
    await runs.add_trace("r", "t")
    await Budget(redis, ACCOUNT).reserve("code", COST)
    await EventStream(redis, "r").append(RunStarted(run="r", project="p", request="a", lineup="b"))
    checkpoint = {"id": "1", "v": 1, "ts": "", "channel_values": {"a": 1}, "channel_versions": {"a": "1"}}
    at = await RedisSaver(redis).aput({"configurable": {"thread_id": "r"}}, checkpoint, {}, {"a": "1"})  # type: ignore
    await RedisSaver(redis).aput_writes(at, [("a", 1)], "task")

    async def lives() -> dict[str, bool]:
        keys = [key.decode() async for key in redis.scan_iter("*") if key.decode() != RunKeys("r").lease]
        return {key: await redis.ttl(key) > 0 for key in keys}

    def lasts(key: str) -> bool:
        ledger = LedgerKeys("default", "p", "r")
        shared = (RUNS, PROJECTS, ledger.project, ledger.days)
        return key in shared or (key.startswith(tag_of(ProjectKeys("p").head)) and ":branch:" not in key)

    await runs.finish("r", Outcome(run="r", project="p", status="paused"))
    assert not any((await lives()).values())
    await runs.finish("r", Outcome(run="r", project="p", status="failed"), ttl=60)
    assert await lives() == {key: not lasts(key) for key in await lives()}
    assert 0 < await redis.ttl(RunKeys("r").checkpoints) <= 60
    await runs.set_status("r", "running")
    assert not any((await lives()).values())


async def test_the_newest_come_first_and_expired_ones_leave_the_index(
    redis: Redis, runs: RunStore, record: RunRecord
) -> None:
    for number in range(12):
        created = record.created + timedelta(minutes=number)
        await runs.create(record.model_copy(update={"id": f"r{number}", "created": created}))
    for number in (11, 10, 9, 3):
        await redis.delete(RunKeys(f"r{number}").record)
    assert [run.id for run in await runs.newest(3)] == ["r8", "r7", "r6"]
    assert [run.id for run in await runs.newest(30)] == ["r8", "r7", "r6", "r5", "r4", "r2", "r1", "r0"]
    assert await redis.zcard(RUNS) == 8


async def test_a_run_that_is_being_created_stays_in_the_index(redis: Redis, runs: RunStore) -> None:
    await redis.zadd(RUNS, {"coming": time.time()})
    assert await runs.newest() == []
    assert await redis.zcard(RUNS) == 1


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("record", b"\xff", "Invalid JSON"),
        ("record", b'{"id": "r"}', "project: Field required"),
        ("status", b"resting", "Input should be"),
        ("status", b"\xff", "Invalid JSON"),
    ],
)
async def test_damage_is_named(
    redis: Redis, runs: RunStore, record: RunRecord, field: str, value: bytes, why: str
) -> None:
    await runs.create(record)
    await redis.hset(RunKeys("r").record, field, value)
    with pytest.raises(CorruptState, match=f"run 'r' is corrupt at 'slipway:{{run:r}}:record': {why}"):
        await runs.get("r")


async def test_a_damaged_time_is_named(redis: Redis, runs: RunStore, record: RunRecord) -> None:
    await runs.create(record)
    await redis.hset(RunKeys("r").record, mapping={"seconds:t": "inf", "outcome": "{}"})
    with pytest.raises(CorruptState, match="b'inf' is not a number"):
        await runs.seconds("r")
    with pytest.raises(CorruptState, match="run: Field required"):
        await runs.outcome("r")


async def test_a_damaged_run_does_not_hide_the_others(
    redis: Redis, runs: RunStore, record: RunRecord, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("r", "s"):
        await runs.create(record.model_copy(update={"id": name}))
    await redis.hset(RunKeys("s").record, "record", b"\xff")
    assert [run.id for run in await runs.newest()] == ["r"]
    assert "the state of run 's' is corrupt" in caplog.text
