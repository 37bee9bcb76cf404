"""A run is only as durable as its saver: what LangGraph's conformance suite does not ask."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.conformance.test_utils import generate_checkpoint
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt
from redis.asyncio import Redis
from typing_extensions import TypedDict

from slipway.state import FenceLost, Outcome, RunRecord, RunStore, UnknownType, Usage, hold
from slipway.state.checkpoints import FENCE_KEY, RedisSaver
from slipway.state.keys import RunKeys


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
        await redis.incr(RunKeys("r").fence)
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


async def test_a_type_that_could_not_be_restored_is_refused_when_written(redis: Redis) -> None:
    """LangGraph would store it and hand back bare data after the crash, when nobody can help it."""
    checkpoint = generate_checkpoint(channel_values={"a": Foreign("x")}, channel_versions={"a": "1"})
    with pytest.raises(UnknownType, match="Foreign"):
        await RedisSaver(redis).aput(config(), checkpoint, {}, {"a": "1"})
    assert await RedisSaver(redis).aget_tuple(config()) is None


async def test_an_allowed_type_comes_back(redis: Redis) -> None:
    saver = RedisSaver(redis, allow=[Foreign])
    checkpoint = generate_checkpoint(channel_values={"a": Foreign("x")}, channel_versions={"a": "1"})
    at = await saver.aput(config(), checkpoint, {}, {"a": "1"})
    found = await saver.aget_tuple(at)
    assert found and found.checkpoint["channel_values"] == {"a": Foreign("x")}


async def test_a_late_step_costs_what_an_early_one_costs(redis: Redis) -> None:
    """Growth with the number of steps is what makes long runs unaffordable: commands and bytes stay the same."""

    async def work(state: Counter) -> dict[str, int]:
        return {"count": state["count"] + 1}

    async def spent(steps: int) -> tuple[int, int]:
        await redis.execute_command("CONFIG", "RESETSTAT")
        build = StateGraph(Counter).add_node("work", work).add_edge(START, "work")
        build.add_conditional_edges("work", lambda state: "work" if state["count"] % steps else "__end__")
        value = {"count": 0} if steps == 10 else {"count": 1}
        await build.compile(checkpointer=RedisSaver(redis)).ainvoke(
            value, {**config(), "recursion_limit": 2000}, durability="sync"
        )
        stats = await redis.info("commandstats")
        calls = sum(entry["calls"] for entry in stats.values())
        return calls, (await redis.info("stats"))["total_net_input_bytes"]

    first, later = [await spent(10) for _ in range(2)][1], [await spent(300) for _ in range(2)][1]
    assert later[0] / 300 <= 1.05 * first[0] / 10
    assert later[1] / 300 <= 1.05 * first[1] / 10


async def test_each_write_is_one_round_trip(redis: Redis) -> None:
    """Two are what a step costs: its checkpoint, and the writes of its task."""
    saver = RedisSaver(redis)
    checkpoint = generate_checkpoint(channel_values={"a": 1, "b": "x" * 500}, channel_versions={"a": "1", "b": "1"})

    async def step() -> None:
        at = await saver.aput(config(), checkpoint, {}, {"a": "1", "b": "1"})
        await saver.aput_writes(at, [("a", 2), ("b", "y" * 500)], "task")
        await saver.aget_tuple(config())

    await step()  # the server learns the scripts
    await redis.execute_command("CONFIG", "RESETSTAT")
    await step()
    stats = await redis.info("commandstats")
    assert {name for name in stats if name.startswith("cmdstat_eval")} == {"cmdstat_evalsha"}
    assert stats["cmdstat_evalsha"]["calls"] == 3


async def test_checkpoints_of_an_ended_run_expire_and_those_of_one_that_goes_on_stay(
    redis: Redis, record: RunRecord
) -> None:
    """Time to live is for ended runs alone: a parked one may wait for a person for months."""
    runs, saver = RunStore(redis), RedisSaver(redis)
    await runs.create(record)
    checkpoint = generate_checkpoint(channel_values={"a": "x" * 500}, channel_versions={"a": "1"})
    at = await saver.aput(config(), checkpoint, {}, {"a": "1"})
    await saver.aput_writes(at, [("a", 1)], "task")
    keys = [*RunKeys("r").checkpointing()]
    assert [await redis.ttl(key) for key in keys] == [-1] * 6
    outcome = Outcome(run="r", project="p", status="delivered")
    await runs.finish("r", outcome, ttl=100)
    assert all([0 < await redis.ttl(key) <= 100 for key in keys])
    await runs.set_status("r", "running")
    assert [await redis.ttl(key) for key in keys] == [-1] * 6
