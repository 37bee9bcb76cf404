"""A run is only as durable as its saver: the field's conformance suite, and what it does not ask."""

from __future__ import annotations

import operator
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import ALL_CAPABILITIES
from langgraph.checkpoint.conformance.test_utils import generate_checkpoint
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt
from redis.asyncio import Redis
from typing_extensions import TypedDict

from slipway.state import CorruptState, FenceLost, UnknownType, Usage, hold
from slipway.state.checkpointer import FENCE_KEY, RedisSaver
from slipway.state.keys import RunKeys


async def test_every_group_of_the_conformance_suite_passes(redis: Redis) -> None:
    async def saver() -> AsyncIterator[RedisSaver]:
        yield RedisSaver(redis)

    report = await validate(checkpointer_test(name="RedisSaver")(saver))
    results = {name: (result.detected, result.tests_failed, result.failures) for name, result in report.results.items()}
    assert results == {capability.value: (True, 0, []) for capability in ALL_CAPABILITIES}


def config(**more: Any) -> dict[str, Any]:
    return {"configurable": {"thread_id": "r", "checkpoint_ns": "", **more}}


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    usage: Usage


def graph(saver: RedisSaver) -> CompiledStateGraph[Any, Any, Any, Any]:
    async def work(state: State) -> dict[str, Any]:
        return {"log": ["worked"], "usage": state["usage"] + Usage(calls=1)}

    async def ask(state: State) -> dict[str, Any]:
        return {"log": [interrupt("which?")]}

    build = StateGraph(State)
    build.add_node("work", work)
    build.add_node("ask", ask)
    build.add_edge(START, "work")
    build.add_edge("work", "ask")
    return build.compile(checkpointer=saver)


async def test_a_graph_goes_on_in_another_process_after_an_interrupt(redis: Redis) -> None:
    """Resume is the reason for the saver: records of ours in the state come back as what they were."""
    await graph(RedisSaver(redis)).ainvoke({"log": [], "usage": Usage()}, config(), durability="sync")
    final = await graph(RedisSaver(redis)).ainvoke(Command(resume="this"), config(), durability="sync")
    assert final == {"log": ["worked", "this"], "usage": Usage(calls=1)}


async def test_equal_values_are_stored_once(redis: Redis) -> None:
    """Content addressing keeps a long run small: a value that does not change costs nothing again."""
    saver = RedisSaver(redis)
    at = config()
    for number in range(5):
        checkpoint = generate_checkpoint(channel_values={"big": "x" * 10_000}, channel_versions={"big": str(number)})
        at = await saver.aput(at, checkpoint, {}, {"big": str(number)})
    assert await redis.hlen(RunKeys("r").values) == 1


def extend(state: list[str], updates: Sequence[list[str]]) -> list[str]:
    return [*state, *(item for update in updates for item in update)]


class OftenStored(TypedDict):
    log: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=3)]


class SeldomStored(TypedDict):
    log: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=100)]


@pytest.mark.parametrize(("schema", "kept"), [(OftenStored, 3), (SeldomStored, 12)])
async def test_delta_channels_survive_a_prune(redis: Redis, schema: type[Any], kept: int) -> None:
    """A naive prune keeps the newest checkpoint alone and silently empties delta channels."""
    saver = RedisSaver(redis)

    async def work(state: Any) -> dict[str, list[str]]:
        return {"log": [f"step {len(state['log'])}"]}

    build = StateGraph(schema)
    build.add_node("work", work)
    build.add_edge(START, "work")
    built = build.compile(checkpointer=saver)
    for _ in range(4):
        await built.ainvoke({"log": ["asked"]}, config(), durability="sync")
    before = await built.aget_state(config())
    await saver.aprune(["r"])
    assert before.values["log"] == ["asked", "step 1", "asked", "step 3", "asked", "step 5", "asked", "step 7"]
    assert (await built.aget_state(config())).values == before.values
    assert len([item async for item in saver.alist(config())]) == kept


async def test_the_fence_is_checked_by_every_write_and_never_stored(redis: Redis) -> None:
    """A process that lost its lease must not move the graph on, and its token is nobody's metadata."""
    saver = RedisSaver(redis)
    async with hold(redis, run="r", project="p") as old:
        at = await saver.aput(config(**{FENCE_KEY: old.token}), generate_checkpoint(), {"source": "input"}, {})
        await saver.aput_writes(config(**at["configurable"], **{FENCE_KEY: old.token}), [("a", 1)], "task")
    async with hold(redis, run="r", project="p"):
        with pytest.raises(FenceLost, match="no longer held by token 1: token 2 holds it"):
            await saver.aput(config(**{FENCE_KEY: old.token}), generate_checkpoint(), {}, {})
        with pytest.raises(FenceLost):
            await saver.aput_writes(config(**at["configurable"], **{FENCE_KEY: old.token}), [("b", 2)], "task")
    kept = [item async for item in saver.alist(config())]
    assert [(item.config, item.metadata, item.pending_writes) for item in kept] == [
        (at, {"source": "input"}, [("task", "a", 1)])
    ]


class Counter(TypedDict):
    count: int


async def test_a_graph_that_lost_its_lease_stops_at_its_next_step(redis: Redis) -> None:
    """Not only the first checkpoint must carry the token: later steps and resumed passages do too."""
    saver, ran = RedisSaver(redis), list[str]()

    async def first(state: Counter) -> dict[str, int]:
        ran.append(f"first {state['count']}")
        return {"count": 1}

    async def ask(state: Counter) -> dict[str, int]:
        interrupt("go on?")
        async with redis.client() as taker:
            await taker.incr(RunKeys("r").fence)
        ran.append("taken over")
        return {"count": 2}

    async def last(state: Counter) -> dict[str, int]:
        ran.append("last")
        return {"count": 3}

    build = StateGraph(Counter).add_sequence([first, ask, last]).add_edge(START, "first")
    built = build.compile(checkpointer=saver)
    async with hold(redis, run="r", project="p") as fence:
        fenced = config(**{FENCE_KEY: fence.token})
        await built.ainvoke({"count": 0}, fenced, durability="sync")
        with pytest.raises(FenceLost):
            await built.ainvoke(Command(resume="yes"), fenced, durability="sync")
    assert ran == ["first 0", "taken over"]
    assert (await built.aget_state(config())).values == {"count": 1}


@dataclass
class Foreign:
    text: str


class Odd:
    pass


@pytest.mark.parametrize(("value", "name"), [(Foreign("x"), f"{__name__}.Foreign"), ([Odd()], "Odd")])
async def test_a_type_that_could_not_be_restored_is_refused_when_written(redis: Redis, value: Any, name: str) -> None:
    """LangGraph would store it and hand back bare data after the crash, when nobody can help it."""
    checkpoint = generate_checkpoint(channel_values={"a": value}, channel_versions={"a": "1"})
    with pytest.raises(UnknownType) as raised:
        await RedisSaver(redis).aput(config(), checkpoint, {}, {"a": "1"})
    assert raised.value.name == name
    assert await RedisSaver(redis).aget_tuple(config()) is None


async def test_an_allowed_type_comes_back(redis: Redis) -> None:
    saver = RedisSaver(redis, allow=[Foreign])
    checkpoint = generate_checkpoint(channel_values={"a": Foreign("x")}, channel_versions={"a": "1"})
    at = await saver.aput(config(), checkpoint, {}, {"a": "1"})
    found = await saver.aget_tuple(at)
    assert found and found.checkpoint["channel_values"] == {"a": Foreign("x")}


@pytest.mark.parametrize("key", ["checkpoints", "values", "writes"])
async def test_damaged_bytes_are_named(redis: Redis, key: str) -> None:
    """A wrong value must stop the run, not steer it."""
    saver = RedisSaver(redis)
    checkpoint = generate_checkpoint(channel_values={"a": 1}, channel_versions={"a": "1"})
    at = await saver.aput(config(), checkpoint, {}, {"a": "1"})
    await saver.aput_writes(at, [("a", 2)], "task")
    damaged = getattr(RunKeys("r"), key)
    for field in await redis.hkeys(damaged):
        await redis.hset(damaged, field, b"msgpack\0\xc1")
    with pytest.raises(CorruptState, match="run 'r'"):
        await saver.aget_tuple(at)


async def test_the_blocking_half_says_what_to_use(redis: Redis) -> None:
    with pytest.raises(NotImplementedError, match="call `aget_tuple`"):
        RedisSaver(redis).get_tuple(config())
