"""What an experiment has cost must be there when its process is not: it is on the server, with no time to live."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from slipway.state import CorruptState, ExperimentStore, RunRecord, RunStore, UnknownExperiment
from slipway.state.keys import ExperimentKeys, RunKeys
from slipway.state.records import Record


class Thing(Record):
    """Anything."""

    text: str


Store = ExperimentStore[Thing, Thing, Thing]


@pytest.fixture
def store(redis: Redis) -> Store:
    return ExperimentStore(redis, Thing, Thing, Thing)


async def test_records_and_status(store: Store) -> None:
    await store.put("one", Thing(text="1"), created=1, status="running")
    await store.put("two {s}", Thing(text="2"), created=2, status="running")
    await store.set_status("one", "done")
    await store.put("one", Thing(text="3"), created=9, status="running")
    assert (await store.get("one"), await store.status("one")) == (Thing(text="3"), "done")
    assert await store.names() == ["two {s}", "one"]
    assert await store.find("three") is None
    for asking in (store.get, store.status):
        with pytest.raises(UnknownExperiment, match=r"no experiment 'three'; there are two \{s\}, one"):
            await asking("three")


async def test_work_ends_with_a_result_and_not_with_a_failure(store: Store, redis: Redis) -> None:
    await store.put("x", Thing(text="x"), created=1, status="running")
    for cell in ("a", "b", "c"):
        await store.begin("x", cell, Thing(text=f"work {cell}"))
    await store.finish("x", "a", Thing(text="result a"))
    await store.fail("x", "b", Thing(text="why"))
    assert await store.works("x") == {"b": Thing(text="work b"), "c": Thing(text="work c")}
    assert await store.results("x") == {"a": Thing(text="result a"), "b": Thing(text="why")}
    assert (await store.work("x", "a"), await store.work("x", "b")) == (None, Thing(text="work b"))
    assert (await store.result("x", "a"), await store.result("x", "c")) == (Thing(text="result a"), None)
    assert [await redis.ttl(key) for key in ExperimentKeys("x").lasting()] == [-1, -1, -1]
    await store.remove("x")
    await store.remove("x")
    assert (await store.names(), await store.results("x"), await redis.keys("*experiment*")) == ([], {}, [])


async def test_what_is_damaged_is_named(store: Store, redis: Redis) -> None:
    await redis.hset(ExperimentKeys("x").results, "a", "{")
    with pytest.raises(CorruptState, match="experiment 'x'"):
        await store.results("x")
    await redis.set(ExperimentKeys("y").work, "no hash")
    with pytest.raises(CorruptState, match="experiment 'y'"):
        await store.begin("y", "a", Thing(text=""))


async def test_a_run_is_kept_for_as_long_as_something_names_it(redis: Redis, record: RunRecord) -> None:
    runs = RunStore(redis)
    await runs.create(record)
    for ttl, left in ((60.0, 60), (None, -1), (30.0, 30)):
        await runs.keep("r", ttl)
        assert await redis.ttl(RunKeys("r").record) == left
