"""A run that no process works on is cancelled and parked from outside; what has ended, or never was, is said in a line.

A run that cannot be got rid of, because its process died, is what makes people delete databases by hand.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from slipway import cancel, pause, resume, steer
from slipway.config import Settings, UsageError, load_lineup
from slipway.graphs.records import new_record
from slipway.graphs.steering import Told
from slipway.state import (
    Cancel,
    Change,
    Event,
    EventStream,
    FileRef,
    Inbox,
    Instruction,
    NotHeeded,
    Outcome,
    Pause,
    ProjectStore,
    RunEnded,
    RunRecord,
    RunStore,
    Status,
    Steer,
    Steered,
    TooLate,
    UnknownRun,
    hold,
    is_held,
    open_state,
)
from slipway.state.keys import RunKeys


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    async with open_state(settings) as redis:
        yield redis


@pytest.fixture
async def record(redis: Redis) -> RunRecord:
    """A run that was begun by a process which is gone."""
    record = await new_record(redis, "build it", lineup=load_lineup("demo"))
    return await RunStore(redis).get(record.id)


async def parked(redis: Redis, record: RunRecord, status: Status = "paused") -> Outcome:
    outcome = Outcome(run=record.id, project=record.project, status=status, cause="model", reason="why")
    await RunStore(redis).finish(record.id, outcome)
    return outcome


async def told(redis: Redis, run: str) -> list[Event]:
    return [event for _, event in await EventStream(redis, run).read()]


@pytest.mark.parametrize("was_parked", [False, True])
async def test_a_run_that_nobody_works_on_is_cancelled(
    redis: Redis, record: RunRecord, settings: Settings, was_parked: bool
) -> None:
    if was_parked:
        await parked(redis, record)
    before = await told(redis, record.id)
    outcome = await cancel(record.id, reason="wrong request", settings=settings)
    assert outcome == Outcome(
        run=record.id,
        project=record.project,
        status="cancelled",
        lineup=record.lineup.digest,
        prompts=record.lineup.prompts,
        cause="cancel",
        reason="cancelled, as asked: wrong request",
        usage=outcome.usage,
    )
    assert (await RunStore(redis).get(record.id)).status == "cancelled"
    assert await RunStore(redis).outcome(record.id) == outcome
    after = await told(redis, record.id)
    assert [event.outcome for event in after[len(before) :] if isinstance(event, RunEnded)] == [outcome]
    assert not await is_held(redis, record.id)
    # A repeat changes nothing; and it is not gone on with.
    assert await cancel(record.id, settings=settings) == outcome
    with pytest.raises(UsageError, match=f"run '{record.id}' has ended: cancelled"):
        await resume(record.id, settings=settings)
    assert await told(redis, record.id) == after


async def test_two_who_cancel_at_once_agree(redis: Redis, record: RunRecord, settings: Settings) -> None:
    first, second = await asyncio.gather(*(cancel(record.id, reason=why, settings=settings) for why in "ab"))
    assert first == second
    assert [type(event) for event in await told(redis, record.id)] == [RunEnded]


async def test_the_run_of_a_dead_process_is_parked(redis: Redis, record: RunRecord, settings: Settings) -> None:
    """`slipway runs` then no longer says that it is running."""
    outcome = await pause(record.id, settings=settings)
    assert (outcome.status, outcome.cause) == ("paused", "pause")
    assert outcome.reason == f"paused, as asked; go on with: slipway resume {record.id}"
    assert await pause(record.id, settings=settings) == outcome
    assert [type(event) for event in await told(redis, record.id)] == [RunEnded]


async def test_a_parked_run_stays_as_it_is_when_it_is_paused(
    redis: Redis, record: RunRecord, settings: Settings
) -> None:
    outcome = await parked(redis, record, "over_budget")
    assert await pause(record.id, settings=settings) == outcome


async def test_a_stopped_process_loses_the_run_with_its_lease(
    redis: Redis, record: RunRecord, settings: Settings
) -> None:
    """A closed laptop: it is alive as far as can be seen, but its lease runs out."""
    async with hold(redis, run=record.id, project=record.project):
        pass
    mine = f'{{"host":"h","boot":"b","pids":"p","pid":{os.getpid()},"started":1,"nonce":"n"}}'
    started = time.monotonic()
    await redis.set(RunKeys(record.id).lease, mine, px=600)
    outcome = await cancel(record.id, settings=settings, wait=60)
    assert outcome.status == "cancelled"
    assert 0.5 < time.monotonic() - started < 30


async def test_a_process_that_lives_and_does_nothing_is_named(
    redis: Redis, record: RunRecord, settings: Settings
) -> None:
    """The order stays: whoever goes on with the run meets it first."""
    async with hold(redis, run=record.id, project=record.project):
        for order, door in (("cancel", cancel), ("pause", pause)):
            with pytest.raises(NotHeeded) as raised:
                await door(record.id, settings=settings, wait=0.2)
            said = str(raised.value)
            assert said.startswith(f"run '{record.id}' was told to {order}, but process {os.getpid()} on ")
            assert said.endswith(f"or stop that process, then: slipway {order} {record.id}")
    kinds = [type(message) for _, message in await Inbox(redis, record.id).read()]
    assert kinds == [Cancel, Pause]
    outcome = await resume(record.id, settings=settings)
    assert (outcome.status, outcome.cause, outcome.usage.calls) == ("cancelled", "cancel", 0)


async def test_a_run_that_is_cancelled_behind_its_last_step_says_so(
    redis: Redis, record: RunRecord, settings: Settings
) -> None:
    """Killed between the move of the head and its outcome: what it did is done."""
    projects, project = ProjectStore(redis), record.project
    async with hold(redis, run=record.id, project=project) as fence:
        await projects.branch(project, record.id, record.base)
        [digest] = await projects.put_blobs(project, fence, [b"x"])
        changes = {"a.py": Change(None, FileRef(digest))}
        revision = await projects.publish(project, fence, step="code", attempt=1, changes=changes)
        await projects.advance_head(project, fence, expected=record.base, version=revision.version)
    outcome = await cancel(record.id, settings=settings)
    assert (outcome.status, outcome.reason) == (
        "cancelled",
        f"cancelled, as asked; its files had become project {project!r} by then; take that back: "
        f"slipway rollback {project}",
    )
    assert await projects.head(project) == revision.version


async def test_a_pause_that_nobody_acted_on_is_acted_on_once(
    redis: Redis, record: RunRecord, settings: Settings
) -> None:
    """It came while a process that then died was about to go on with the run: the next one must not meet it again."""
    await parked(redis, record)
    async with hold(redis, run=record.id, project=record.project):
        await Inbox(redis, record.id).post(Pause())
    outcome = await resume(record.id, settings=settings)
    assert (outcome.status, outcome.cause, outcome.usage.calls) == ("paused", "pause", 0)
    assert await Inbox(redis, record.id).order() is None


@pytest.mark.parametrize("status", ["delivered", "gave_up", "conflict", "failed"])
async def test_an_ended_run_is_left_alone(redis: Redis, record: RunRecord, settings: Settings, status: Status) -> None:
    outcome = await parked(redis, record, status)
    for call in (cancel(record.id, settings=settings), pause(record.id, settings=settings),
                 steer(record.id, "more", settings=settings)):  # fmt: skip
        with pytest.raises(TooLate, match=f"run '{record.id}' has ended: {status}; look at it: slipway show"):
            await call
    assert await RunStore(redis).outcome(record.id) == outcome


async def test_a_run_that_is_not_there_is_named(record: RunRecord, settings: Settings) -> None:
    for call in (cancel("x", settings=settings), pause("x", settings=settings), steer("x", "y", settings=settings)):
        with pytest.raises(UnknownRun, match=f"no run 'x'; the newest are {record.id}"):
            await call


async def test_a_run_of_another_platform_is_stopped_there(redis: Redis, settings: Settings) -> None:
    record = await new_record(redis, "build it", lineup=load_lineup("demo"), adopted=True)
    for call in (cancel(record.id, settings=settings), pause(record.id, settings=settings)):
        with pytest.raises(UsageError, match="belongs to the platform that runs its graph; stop it there"):
            await call
    assert await Inbox(redis, record.id).read() == []


async def test_an_instruction_is_kept_where_nobody_works(redis: Redis, record: RunRecord, settings: Settings) -> None:
    assert await steer(record.id, "a", settings=settings) == Told(None, "running", False)
    await parked(redis, record)
    assert await steer(record.id, "b", settings=settings) == Told(None, "paused", False)
    said = [message.text for _, message in await Inbox(redis, record.id).read() if isinstance(message, Steer)]
    assert said == ["a", "b"]


async def test_who_is_given_an_instruction_is_told(redis: Redis, record: RunRecord, settings: Settings) -> None:
    async with hold(redis, run=record.id, project=record.project) as fence:
        telling = asyncio.create_task(steer(record.id, "a", settings=settings, wait=60))
        inbox, events = Inbox(redis, record.id, fence), EventStream(redis, record.id, fence)
        while not await inbox.read():
            await asyncio.sleep(0.01)
        [(name, _)] = await inbox.read()
        other = Steered(step="code/x", index=0, instructions=(Instruction(id="1-1", text="a"),))
        given = Steered(step="code/y", index=3, instructions=await inbox.instructions("code/y", 3))
        for event in (other, given):
            await events.append(event)
        assert await telling == Told(given, "running", True)
        assert given.instructions == (Instruction(id=name, text="a"),)
        assert await steer(record.id, "b", settings=settings, wait=0.1) == Told(None, "running", True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" \n", "the instruction is empty; say in a sentence what is to be done otherwise"),
        ("x" * 10_001, "the instruction has 10,001 characters; say it in 10,000 at most"),
        ("\udcff", "the instruction is not valid UTF-8; send it in that encoding"),
    ],
)
async def test_an_instruction_that_says_nothing_is_refused(settings: Settings, text: str, line: str) -> None:
    with pytest.raises(UsageError) as raised:
        await steer("x", text, settings=settings)
    assert str(raised.value) == line


async def test_a_reason_that_cannot_be_stored_is_refused(redis: Redis, record: RunRecord, settings: Settings) -> None:
    with pytest.raises(UsageError, match="the reason is not valid UTF-8; send it in that encoding"):
        await cancel(record.id, reason="\udcff", settings=settings)
    assert await Inbox(redis, record.id).read() == []
