"""Bytes that are not what was written are named, and harm nobody but the run or the project that they belong to.

A disk, an operator or another program may damage any key. A run that reads it must say so in one line, with its name;
it must not go on with nonsense, and nobody else may suffer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.conformance.test_utils import generate_checkpoint
from redis.asyncio import Redis

from slipway.state import (
    EMPTY_VERSION,
    Account,
    Budget,
    Cap,
    Change,
    EventStream,
    Fence,
    FileRef,
    Journal,
    JournalEntry,
    Outcome,
    ProjectStore,
    RunLimits,
    RunRecord,
    RunStarted,
    RunStore,
    Spend,
    StateConflict,
    StateError,
    hold,
)
from slipway.state.checkpoints import FENCE_KEY, RedisSaver
from slipway.state.keys import PROJECTS, RUNS

Uses = dict[str, Callable[[], Awaitable[object]]]


def entry(index: int) -> JournalEntry:
    request = '{"messages":[{"content":"hello"}],"model":"m","tools":[]}'
    return JournalEntry(step="code/a", index=index, kind="model", digest="d", request=request, reply="{}")


LIMITS = RunLimits(**dict.fromkeys(("stage", "run", "project"), Cap(cost_usd=10.0)))


async def settled(budget: Budget) -> None:
    await budget.settle(await budget.reserve("code", Spend(1, 1, 0.1)), Spend(1, 1, 0.1))


def config(run: str, fence: Fence) -> dict[str, Any]:
    return {"configurable": {"thread_id": run, "checkpoint_ns": "", FENCE_KEY: fence.token}}


async def put(redis: Redis, run: str, fence: Fence) -> None:
    saver, at = RedisSaver(redis), config(run, fence)
    checkpoint = generate_checkpoint(channel_values={"a": ["x"]}, channel_versions={"a": "1"})
    at = await saver.aput(at, checkpoint, {"source": "loop", "step": 1}, {"a": "1"})
    await saver.aput_writes({"configurable": {**at["configurable"], FENCE_KEY: fence.token}}, [("a", 1)], "task")


async def publish(store: ProjectStore, project: str, fence: Fence, step: str) -> None:
    held = await store.branch(project, fence.run, EMPTY_VERSION)
    known = (await store.manifest(project, held.version)).get("a.py")
    [digest] = await store.put_blobs(project, fence, [step.encode()])
    changes = {"a.py": Change(known, FileRef(digest))}
    revision = await store.publish(project, fence, step=step, attempt=1, changes=changes)
    await store.mark_green(project, fence, revision.version)


async def made(redis: Redis, record: RunRecord, run: str, project: str) -> Fence:
    """A run with something under each of its keys, and under each of its project's."""
    runs, store = RunStore(redis), ProjectStore(redis)
    await store.create(project)
    await runs.create(record.model_copy(update={"id": run, "project": project, "traces": ("t",)}))
    async with hold(redis, run=run, project=project) as fence:
        await runs.set_seconds(run, "t", 1.0)
        await store.branch(project, run, EMPTY_VERSION)
        for step in ("one", "two"):
            await publish(store, project, fence, step)
        head = (await store.branch(project, run, EMPTY_VERSION)).version
        await store.advance_head(project, fence, expected=EMPTY_VERSION, version=head)
        journal = Journal(redis, fence)
        await journal.begin("code/a", 0, "model", "d")
        await journal.record(entry(0))
        await EventStream(redis, run).append(RunStarted(run=run, project=project, request="a", lineup="b"))
        await Budget(redis, Account(run, project)).reserve("code", Spend(1, 10, 0.5))
        await put(redis, run, fence)
        await runs.finish(run, Outcome(run=run, project=project, status="paused"))
    return fence


def uses_of_the_run(redis: Redis, run: str, project: str, fence: Fence) -> Uses:
    runs, journal, saver = RunStore(redis, fence), Journal(redis, fence), RedisSaver(redis)
    events, budget, at = (
        EventStream(redis, run, fence),
        Budget(redis, Account(run, project), LIMITS, fence),
        config(run, fence),
    )

    async def listed() -> object:
        return [item async for item in saver.alist(at)]

    async def taken_over() -> None:
        async with hold(redis, run=run, project=project):
            pass

    started = RunStarted(run=run, project=project, request="a", lineup="b")
    return {
        "get": lambda: runs.get(run), "status": lambda: runs.set_status(run, "running"),
        "trace": lambda: runs.add_trace(run, "u"), "seconds": lambda: runs.seconds(run),
        "set seconds": lambda: runs.set_seconds(run, "u", 2.0), "outcome": lambda: runs.outcome(run),
        "newest": lambda: runs.newest(), "find": lambda: journal.find("code/a", 0, "model", "d"),
        "begin": lambda: journal.begin("code/a", 1, "model", "d"), "record": lambda: journal.record(entry(1)),
        "entries": lambda: journal.entries(), "twice": lambda: journal.asked_twice(),
        "append": lambda: events.append(started), "read": lambda: events.read(), "last": lambda: events.newest(),
        "reserve": lambda: budget.reserve("code", Spend(1, 1, 0.1)), "spent": lambda: budget.spent(),
        "limits": lambda: runs.set_limits(run, LIMITS), "settle": lambda: settled(budget),
        "checkpoint": lambda: saver.aget_tuple(at), "checkpoints": listed, "put": lambda: put(redis, run, fence),
        "prune": lambda: saver.aprune([run]),
        "finish": lambda: runs.finish(run, Outcome(run=run, project=project, status="failed")),
        "hold": taken_over,
    }  # fmt: skip


def uses_of_the_project(redis: Redis, run: str, project: str, fence: Fence) -> Uses:
    store = ProjectStore(redis, quota_bytes=1 << 20)

    async def files() -> object:
        return await store.files(project, await store.head(project))

    async def delivered() -> None:
        head = await store.head(project)
        version = (await store.branch(project, run, EMPTY_VERSION)).version
        await store.advance_head(project, fence, expected=head, version=version)

    return {
        "head": lambda: store.head(project), "files": files, "green": lambda: store.green(project, run),
        "publish": lambda: publish(store, project, fence, "three"), "deliver": delivered,
        "history": lambda: store.history(project), "roll back": lambda: store.rollback_head(project),
        "used": lambda: store.used(project), "sweep": lambda: store.sweep(project, grace=0.0),
    }  # fmt: skip


def uses(redis: Redis, run: str, project: str, fence: Fence) -> Uses:
    # What changes the project first: the run's last uses end it.
    return {**uses_of_the_project(redis, run, project, fence), **uses_of_the_run(redis, run, project, fence)}


async def damage(redis: Redis, key: bytes, how: str, garbage: bytes) -> None:
    kind = await redis.execute_command("TYPE", key)
    if how == "gone":
        await redis.delete(key)
    elif how == "other type":
        await redis.delete(key)
        await redis.execute_command(*((b"SET", key, garbage) if kind != b"string" else (b"RPUSH", key, garbage)))
    elif kind == b"string":
        await redis.set(key, garbage)
    elif kind == b"hash":
        fields = sorted(await redis.hkeys(key))
        await redis.hset(key, fields[len(garbage) % len(fields)], garbage)
    elif kind == b"list":
        await redis.lset(key, 0, garbage)
    elif kind == b"stream":
        await redis.execute_command("XADD", key, "*", "event", garbage)
    else:
        await redis.execute_command(*((b"SADD", key, garbage) if kind == b"set" else (b"ZADD", key, 0, garbage)))


async def attempt(uses: Uses) -> dict[str, BaseException]:
    failures: dict[str, BaseException] = {}
    for name, use in uses.items():
        try:
            async with asyncio.timeout(60):
                await use()
        except Exception as error:  # noqa: BLE001 -- whatever comes is judged below
            failures[name] = error
    return failures


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_random_bytes_in_any_key_are_named_and_harm_nobody_else(
    redis: Redis, record: RunRecord, data: st.DataObject
) -> None:
    await redis.flushall()
    fences = {run: await made(redis, record, run, project) for run, project in (("alpha", "oak"), ("beta", "elm"))}
    keys = sorted([key async for key in redis.scan_iter("*") if b"alpha" in key or b"oak" in key])
    key = data.draw(st.sampled_from(keys), label="key")
    how = data.draw(st.sampled_from(["bytes", "other type", "gone"]), label="how")
    garbage = data.draw(st.binary(min_size=1, max_size=40), label="garbage")
    await damage(redis, key, how, garbage)
    for name, error in (await attempt(uses(redis, "alpha", "oak", fences["alpha"]))).items():
        assert isinstance(error, StateError), (name, error)
        # A branch whose number is gone is made anew, and the files that are left of it then contradict it.
        known = isinstance(error, StateConflict) and how == "gone"
        assert known or any(owner in str(error) for owner in ("'alpha'", "'oak'")), (name, error)
    assert await attempt(uses(redis, "beta", "elm", fences["beta"])) == {}
    assert "beta" in [run.id for run in await RunStore(redis).newest()]


@pytest.mark.parametrize("index", [RUNS, PROJECTS])
@pytest.mark.parametrize("how", ["bytes", "other type", "gone"])
async def test_a_damaged_index_does_not_stop_a_run(redis: Redis, record: RunRecord, index: str, how: str) -> None:
    """It only helps to find what is there."""
    fence = await made(redis, record, "alpha", "oak")
    await damage(redis, index.encode(), how, os.urandom(8))
    failures = await attempt(uses(redis, "alpha", "oak", fence))
    failures.pop("newest", None)  # the list itself may say that it is damaged
    assert failures == {}
