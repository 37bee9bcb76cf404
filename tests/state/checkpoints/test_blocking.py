"""Half of LangGraph's users call `invoke`: they get the same saver, and no frozen event loop."""

from __future__ import annotations

import asyncio
import operator
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
from langgraph.checkpoint.conformance.test_utils import generate_checkpoint
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, Send, interrupt
from redis.asyncio import Redis
from typing_extensions import TypedDict

from slipway.state import FenceLost, StateUnavailable, hold
from slipway.state.checkpoints import FENCE_KEY, RedisSaver, open_saver
from slipway.state.keys import RunKeys


class State(TypedDict):
    done: Annotated[list[str], operator.add]
    notes: Annotated[list[str], operator.add]


class Notes(TypedDict):
    notes: Annotated[list[str], operator.add]
    inner: str


def code(name: str) -> dict[str, list[str]]:
    time.sleep(0.001)
    return {"done": [name]}


def ask(state: Notes) -> dict[str, Any]:
    return {"notes": [interrupt("which?")], "inner": "answered"}


def end(state: State) -> dict[str, list[str]]:
    return {"done": ["end"]}


def graph(saver: RedisSaver) -> CompiledStateGraph[Any, Any, Any, Any]:
    """A wave of eight, then a subgraph that asks, then an end."""
    asking = StateGraph(Notes).add_node("ask", ask).add_edge(START, "ask").compile()
    build = StateGraph(State)
    build.add_node("code", code)
    build.add_node("sub", asking)
    build.add_node("end", end)
    build.add_conditional_edges(START, lambda _: [Send("code", f"w{n}") for n in range(8)], ["code"])
    build.add_edge("code", "sub")
    build.add_edge("sub", "end")
    build.add_edge("end", END)
    return build.compile(checkpointer=saver)


CONFIG: Any = {"configurable": {"thread_id": "r"}}
WAVE = [f"w{n}" for n in range(8)]


@pytest.fixture
def url(server_url: str, redis: Redis) -> str:
    """The address of a server that is empty."""
    return server_url


def in_a_program_without_a_loop(url: str) -> None:
    with open_saver(url) as saver:
        built = graph(saver)
        asked = built.invoke({"done": [], "notes": []}, CONFIG, durability="sync")
        assert [question.value for question in asked["__interrupt__"]] == ["which?"]
        inner = built.get_state(CONFIG, subgraphs=True).tasks[0].state
        assert inner.config["configurable"]["checkpoint_ns"].startswith("sub:")
        assert inner.values == {"notes": []}
    with open_saver(url) as saver:
        built = graph(saver)
        final = built.invoke(Command(resume="this"), CONFIG, durability="sync")
        assert final == {"done": [*WAVE, "end"], "notes": ["this"]}
        built.update_state(CONFIG, {"notes": ["seen"]}, as_node="end")
        assert built.get_state(CONFIG).values == {"done": [*WAVE, "end"], "notes": ["this", "seen"]}
        told = [(item.metadata or {}, len(item.values.get("done", ()))) for item in built.get_state_history(CONFIG)]
        assert [(meta["source"], meta["step"], done) for meta, done in told] == [
            ("update", 4, 9), ("loop", 3, 9), ("loop", 2, 8), ("loop", 1, 8), ("loop", 0, 0), ("input", -1, 0),
        ]  # fmt: skip
        assert look_back(built) == [(["loop", "loop"], [3, 2]), (["input"], [-1]), (["loop"], [0])]


def look_back(built: Any) -> list[tuple[list[str], list[int]]]:
    """The history with each of its arguments."""
    whole = list(built.get_state_history(CONFIG))
    found = (
        built.get_state_history(CONFIG, before=whole[0].config, limit=2),
        built.get_state_history(CONFIG, filter={"source": "input"}),
        built.get_state_history(CONFIG, filter={"source": "loop"}, before=whole[3].config),
    )
    pages = [[item.metadata for item in page] for page in found]
    return [([meta["source"] for meta in page], [meta["step"] for meta in page]) for page in pages]


async def test_a_program_without_an_event_loop(url: str, redis: Redis) -> None:
    """A wave, a subgraph, a question, an update and a history, over two lives of the program."""
    await asyncio.to_thread(in_a_program_without_a_loop, url)
    final = await graph(RedisSaver(redis)).aget_state(CONFIG)  # and the other half reads the same
    assert final.values == {"done": [*WAVE, "end"], "notes": ["this", "seen"]}


async def test_streams_and_tokens_of_the_blocking_half(redis: Redis) -> None:
    with RedisSaver(redis) as saver:
        async with hold(redis, run="r", project="p") as fence:
            fenced: Any = {"configurable": {"thread_id": "r", FENCE_KEY: fence.token}}
            steps = await asyncio.to_thread(
                lambda: list(graph(saver).stream({"done": [], "notes": []}, fenced, stream_mode="updates"))
            )
            assert len(steps) == 9
            await redis.incr(RunKeys("r").fence)
            with pytest.raises(FenceLost):
                await asyncio.to_thread(graph(saver).invoke, Command(resume="late"), fenced, durability="sync")


async def clients(redis: Redis) -> set[str]:
    """Who is connected: of those before us one may still be leaving."""
    return {client["id"] for client in await redis.client_list()}


async def test_one_saver_serves_many_threads(redis: Redis) -> None:
    """LangGraph calls it from a pool: 32 threads, more than there are connections."""
    before = await clients(redis)
    with RedisSaver(redis) as saver:

        def work(number: int) -> int:
            config: Any = {"configurable": {"thread_id": f"t{number % 8}", "checkpoint_ns": ""}}
            for _ in range(20):
                checkpoint = generate_checkpoint(channel_values={"a": number}, channel_versions={"a": f"{number}"})
                at = saver.put(config, checkpoint, {}, {"a": f"{number}"})
                saver.put_writes(at, [("a", 1)], "task")
                found = saver.get_tuple(at)
                assert found and found.checkpoint["channel_values"] == {"a": number}
            return number

        with ThreadPoolExecutor(32) as pool:
            done = await asyncio.to_thread(lambda: list(pool.map(work, range(32))))
        assert done == list(range(32))
        assert sum([1 async for _ in saver.alist(None)]) == 640
        assert len(await clients(redis) - before) <= 16 + 1


async def test_close_ends_its_connections_and_a_later_call_opens_new_ones(redis: Redis) -> None:
    saver = RedisSaver(redis)
    before = await clients(redis)
    assert await asyncio.to_thread(saver.get_tuple, CONFIG) is None
    assert len(await clients(redis) - before) == 1
    saver.close()
    async with asyncio.timeout(30):
        while await clients(redis) - before:  # the server notices a little later
            await asyncio.sleep(0.01)
    assert await asyncio.to_thread(saver.get_tuple, CONFIG) is None
    saver.close()


async def test_on_an_event_loop_it_says_what_to_call(redis: Redis) -> None:
    """It would stand still, with the renewal of leases and everything else on it."""
    saver = RedisSaver(redis)
    for call, twin in (
        (lambda: saver.get_tuple(CONFIG), "aget_tuple"),
        (lambda: list(saver.list(CONFIG)), "alist"),
        (lambda: saver.put(CONFIG, generate_checkpoint(), {}, {}), "aput"),
        (lambda: saver.put_writes(CONFIG, [("a", 1)], "t"), "aput_writes"),
        (lambda: saver.fork(CONFIG, "s"), "afork"),
        (lambda: saver.prune(["r"]), "aprune"),
    ):
        with pytest.raises(RuntimeError, match=f"await `{twin}` instead"):
            call()


async def test_a_server_that_is_not_there_is_named(tmp_path: Any) -> None:
    def opened() -> None:
        with open_saver(f"unix://{tmp_path}/none"):
            pass

    with pytest.raises(StateUnavailable, match="none"):
        await asyncio.to_thread(opened)
