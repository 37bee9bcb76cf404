"""The value of a delta channel is its last stored value and the writes since: lose one, and it is wrong without a word.

The release of LangGraph's conformance suite has no group for it. Each case here is asked of the asynchronous half, of
the blocking one, and of LangGraph's own saver, which has to agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pytest
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.types import _DeltaSnapshot  # pyright: ignore[reportPrivateUsage]
from langgraph.graph import START, StateGraph
from redis.asyncio import Redis
from typing_extensions import TypedDict

from slipway.state import CorruptState
from slipway.state.checkpoints import RedisSaver
from slipway.state.keys import RunKeys


def at(thread: str = "r", namespace: str = "", checkpoint: str | None = None) -> Any:
    named = {"checkpoint_id": checkpoint} if checkpoint else {}
    return {"configurable": {"thread_id": thread, "checkpoint_ns": namespace, **named}}


class Line:
    """Writes the same checkpoints, of the same ids, to every saver."""

    def __init__(self, redis: Redis) -> None:
        self.ours = RedisSaver(redis)
        self.theirs = InMemorySaver()
        self._version = 0

    async def put(
        self,
        parent: str | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        deltas: Sequence[str] = (),
        thread: str = "r",
        namespace: str = "",
        run: str = "",
    ) -> str:
        """A checkpoint that stores `values` and says that `deltas` are rebuilt from their writes."""
        self._version += 1
        versions = dict.fromkeys([*(values or {}), *deltas], f"{self._version:032}.0")
        checkpoint: Any = {
            "v": 4, "id": str(uuid6()), "ts": "", "channel_values": dict(values or {}), "channel_versions": versions,
            "versions_seen": {}, "updated_channels": None,
        }  # fmt: skip
        counters = {"counters_since_delta_snapshot": dict.fromkeys(deltas, (1, 1))} if deltas else {}
        metadata: Any = {"source": "loop", "step": self._version, **counters, **({"run_id": run} if run else {})}
        for saver in (self.ours, self.theirs):
            await saver.aput(at(thread, namespace, parent), checkpoint, metadata, versions)
        return checkpoint["id"]

    async def write(
        self,
        checkpoint: str,
        *writes: tuple[str, Any],
        task: str = "t",
        path: str = "",
        thread: str = "r",
        namespace: str = "",
    ) -> None:
        for saver in (self.ours, self.theirs):
            await saver.aput_writes(at(thread, namespace, checkpoint), writes, task, path)

    async def history(self, checkpoint: str | None, *channels: str, thread: str = "r", namespace: str = "") -> Any:
        """What all three say."""
        where = at(thread, namespace, checkpoint)
        found = await self.ours.aget_delta_channel_history(config=where, channels=channels)
        with self.ours as blocking:
            again = await asyncio.to_thread(lambda: blocking.get_delta_channel_history(config=where, channels=channels))
        assert again == found
        assert await self.theirs.aget_delta_channel_history(config=where, channels=channels) == found
        return found


@pytest.fixture
def line(redis: Redis) -> Line:
    return Line(redis)


async def test_no_channels_and_no_checkpoint(line: Line) -> None:
    first = await line.put(deltas=["a"])
    assert await line.history(first) == {}
    assert await line.history(first, "a", "never") == {"a": {"writes": []}, "never": {"writes": []}}
    assert await line.history(None, "a", thread="none") == {"a": {"writes": []}}
    assert await line.history(str(uuid6()), "a") == {"a": {"writes": []}}


async def test_writes_come_oldest_first_within_a_checkpoint_and_across(line: Line) -> None:
    first = await line.put(deltas=["a"])
    await line.write(first, ("a", 1), ("b", "other"), ("a", 2))
    second = await line.put(first, deltas=["a"])
    await line.write(second, ("a", 3))
    third = await line.put(second, deltas=["a"])
    assert await line.history(third, "a") == {"a": {"writes": [("t", "a", 1), ("t", "a", 2), ("t", "a", 3)]}}


async def test_parallel_tasks_are_ordered_by_path_and_input_comes_first(line: Line) -> None:
    """Task ids are hashes: their order is not the order in which the run applied the writes."""
    first = await line.put(deltas=["a"])
    await line.write(first, ("a", "second"), task="0", path="~pull, 2")
    await line.write(first, ("a", "first"), task="9", path="~pull, 1")
    await line.write(first, ("a", "input"), task="99")
    second = await line.put(first, deltas=["a"])
    found = await line.history(second, "a")
    assert found == {"a": {"writes": [("99", "a", "input"), ("9", "a", "first"), ("0", "a", "second")]}}


async def test_the_seed_is_the_nearest_stored_value_with_the_writes_made_on_it(line: Line) -> None:
    """A stored value is the state that its checkpoint begins with: what was written there comes after it."""
    first = await line.put(values={"a": _DeltaSnapshot([0])})
    await line.write(first, ("a", "covered by the seed"))
    second = await line.put(first, values={"a": _DeltaSnapshot([0, 1])})
    await line.write(second, ("a", "at the seed"))
    third = await line.put(second, deltas=["a"])
    await line.write(third, ("a", "after it"))
    fourth = await line.put(third, deltas=["a"])
    await line.write(fourth, ("a", "pending, and for its own child"))
    assert await line.history(fourth, "a") == {
        "a": {"writes": [("t", "a", "at the seed"), ("t", "a", "after it")], "seed": _DeltaSnapshot([0, 1])}
    }
    assert await line.history(second, "a") == {
        "a": {"writes": [("t", "a", "covered by the seed")], "seed": _DeltaSnapshot([0])}
    }


async def test_the_value_of_the_checkpoint_itself_does_not_count(line: Line) -> None:
    first = await line.put(values={"a": _DeltaSnapshot([1])})
    second = await line.put(first, values={"a": _DeltaSnapshot([1, 2])})
    assert await line.history(second, "a") == {"a": {"writes": [], "seed": _DeltaSnapshot([1])}}
    assert await line.history(first, "a") == {"a": {"writes": []}}


@pytest.mark.parametrize("value", [[1, 2], None, 0, "x" * 1000, _DeltaSnapshot(["y" * 5000])])
async def test_any_stored_value_is_a_seed(line: Line, value: Any) -> None:
    """A thread may be older than its channel's type, and its value large or empty."""
    first = await line.put(values={"a": value})
    second = await line.put(first, deltas=["a"])
    third = await line.put(second, deltas=["a"])
    assert await line.history(third, "a") == {"a": {"writes": [], "seed": value}}


async def test_each_channel_ends_at_its_own_seed(line: Line) -> None:
    first = await line.put(values={"far": _DeltaSnapshot("f")}, deltas=["near", "none"])
    await line.write(first, ("far", 1), ("near", 1), ("none", 1))
    second = await line.put(first, values={"near": _DeltaSnapshot("n")}, deltas=["far", "none"])
    await line.write(second, ("far", 2), ("near", 2), ("none", 2))
    third = await line.put(second, deltas=["far", "near", "none"])
    assert await line.history(third, "far", "near", "none") == {
        "far": {"writes": [("t", "far", 1), ("t", "far", 2)], "seed": _DeltaSnapshot("f")},
        "near": {"writes": [("t", "near", 2)], "seed": _DeltaSnapshot("n")},
        "none": {"writes": [("t", "none", 1), ("t", "none", 2)]},
    }


async def test_only_the_line_of_parents_counts(line: Line) -> None:
    """Two children of one checkpoint are two histories."""
    root = await line.put(values={"a": _DeltaSnapshot([])})
    left = await line.put(root, deltas=["a"])
    await line.write(left, ("a", "left"))
    right = await line.put(root, deltas=["a"])
    await line.write(right, ("a", "right"))
    ends = [await line.put(left, deltas=["a"]), await line.put(right, deltas=["a"])]
    assert [(await line.history(end, "a"))["a"]["writes"] for end in ends] == [
        [("t", "a", "left")],
        [("t", "a", "right")],
    ]


async def test_namespaces_and_threads_are_apart(line: Line) -> None:
    for where in ({}, {"namespace": "sub"}, {"thread": "s"}):
        first = await line.put(deltas=["a"], **where)
        await line.write(first, ("a", str(where)), **where)
        await line.put(first, deltas=["a"], **where)
    for where in ({}, {"namespace": "sub"}, {"thread": "s"}):
        assert await line.history(None, "a", **where) == {"a": {"writes": [("t", "a", str(where))]}}


async def test_a_long_line_is_read_in_pages(line: Line) -> None:
    """Neither the server nor a reply may be held up by a thread of thousands of steps, nor by large writes."""
    parent = await line.put(values={"a": _DeltaSnapshot([])})
    for number in range(2100):
        if number % 3 == 0:
            await line.write(parent, ("a", number if number % 300 else "x" * 1_000_000))
        parent = await line.put(parent, deltas=["a"])
    found = (await line.history(parent, "a"))["a"]
    assert len(found["writes"]) == 700
    assert found["seed"] == _DeltaSnapshot([])


def values(history: Any) -> list[Any]:
    return [write[2] for write in history["a"]["writes"]]


async def test_a_copy_has_the_same_history_and_goes_on_alone(line: Line) -> None:
    first = await line.put(values={"a": _DeltaSnapshot([0])})
    await line.write(first, ("a", 1))
    second = await line.put(first, deltas=["a"])
    saver = line.ours
    await saver.acopy_thread("r", "s")
    before = await saver.aget_delta_channel_history(config=at("s"), channels=["a"])
    assert before == await line.history(second, "a")
    await saver.aput_writes(at("s", checkpoint=first), [("a", "mine")], "u")
    assert values(await line.history(second, "a")) == [1]
    assert values(await saver.aget_delta_channel_history(config=at("s"), channels=["a"])) == [1, "mine"]


async def kept(saver: BaseCheckpointSaver[Any], thread: str = "r") -> list[str]:
    return [item.checkpoint["id"] async for item in saver.alist({"configurable": {"thread_id": thread}})]


async def test_a_prune_keeps_what_each_channel_needs_and_no_more(line: Line) -> None:
    useless = await line.put(values={"a": _DeltaSnapshot("old"), "b": _DeltaSnapshot("old")})
    seed_b = await line.put(useless, values={"b": _DeltaSnapshot("b")}, deltas=["a"])
    await line.write(seed_b, ("b", 1))
    seed_a = await line.put(seed_b, values={"a": _DeltaSnapshot("a")}, deltas=["b"])
    await line.write(seed_a, ("a", 2), ("b", 2))
    other_branch = await line.put(seed_b, deltas=["a", "b"])
    newest = await line.put(seed_a, deltas=["a", "b"])
    before = await line.history(newest, "a", "b")
    await line.ours.aprune(["r"])
    assert await kept(line.ours) == [newest, seed_a, seed_b]
    assert other_branch not in await kept(line.ours)
    assert await line.history(newest, "a", "b") == before


async def test_a_channel_that_was_first_written_late_needs_nothing_from_before(line: Line) -> None:
    parent = await line.put()
    for _ in range(5):
        parent = await line.put(parent)
    await line.write(parent, ("a", 1))
    newest = await line.put(parent, deltas=["a"])
    before = await line.history(newest, "a")
    await line.ours.aprune(["r"])
    assert await kept(line.ours) == [newest, parent]
    assert await line.history(newest, "a") == before


async def test_runs_that_others_build_on_are_not_deleted(line: Line) -> None:
    """LangGraph leaves a silent hole there. What nobody needs goes."""
    seed = await line.put(values={"a": _DeltaSnapshot([0])}, run="one")
    await line.write(seed, ("a", 1))
    unneeded = await line.put(seed, deltas=["a"], run="one")
    newest = await line.put(seed, deltas=["a"], run="two")
    before = await line.history(newest, "a")
    await line.ours.adelete_for_runs(["one"])
    assert await kept(line.ours) == [newest, seed]
    assert unneeded not in await kept(line.ours)
    assert await line.history(newest, "a") == before
    await line.ours.adelete_for_runs(["two"])
    assert await kept(line.ours) == [seed]
    await line.ours.adelete_for_runs(["one"])
    assert await kept(line.ours) == []


async def test_a_deleted_thread_has_no_history(line: Line) -> None:
    first = await line.put(values={"a": _DeltaSnapshot([0])})
    newest = await line.put(first, deltas=["a"])
    await line.ours.adelete_thread("r")
    assert await line.ours.aget_delta_channel_history(config=at(checkpoint=newest), channels=["a"]) == {
        "a": {"writes": []}
    }


async def test_a_hole_in_the_line_is_named(redis: Redis, line: Line) -> None:
    """LangGraph's own walk ends there, as if the channel had been empty before."""
    first = await line.put(values={"a": _DeltaSnapshot([0])})
    second = await line.put(first, deltas=["a"])
    third = await line.put(second, deltas=["a"])
    keys = RunKeys("r")
    await redis.hdel(keys.checkpoints, f"\0{second}")
    await redis.zrem(keys.checkpoint_index, f"\0{second}")
    with pytest.raises(CorruptState, match="an ancestor that a delta channel needs is missing"):
        await line.ours.aget_delta_channel_history(config=at(checkpoint=third), channels=["a"])


def extend(state: list[str], updates: Sequence[list[str]]) -> list[str]:
    return [*state, *(item for update in updates for item in update)]


class OftenStored(TypedDict):
    log: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=3)]


class SeldomStored(TypedDict):
    log: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=100)]


@pytest.mark.parametrize(("schema", "left"), [(OftenStored, 3), (SeldomStored, 12)])
@pytest.mark.parametrize("durability", ["sync", "exit"])
async def test_a_graph_reads_the_same_after_a_prune(
    redis: Redis, schema: type[Any], left: int, durability: Any
) -> None:
    saver = RedisSaver(redis)

    async def work(state: Any) -> dict[str, list[str]]:
        return {"log": [f"step {len(state['log'])}"]}

    built = StateGraph(schema).add_node("work", work).add_edge(START, "work").compile(checkpointer=saver)
    for _ in range(4):
        await built.ainvoke({"log": ["asked"]}, at(), durability=durability)
    before = await built.aget_state(at())
    await saver.aprune(["r"])
    assert before.values["log"] == ["asked", "step 1", "asked", "step 3", "asked", "step 5", "asked", "step 7"]
    assert (await built.aget_state(at())).values == before.values
    items: list[CheckpointTuple] = [item async for item in saver.alist(at())]
    assert len(items) == left or durability == "exit"
    await built.ainvoke({"log": ["again"]}, at(), durability=durability)
    assert (await built.aget_state(at())).values["log"] == [*before.values["log"], "again", "step 9"]
