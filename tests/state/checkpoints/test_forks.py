"""A fork takes the state of one step into a new run, so that it can be gone on with differently, and nothing else."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from langgraph.channels import DeltaChannel
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt
from redis.asyncio import Redis
from typing_extensions import TypedDict

from slipway.state import RunExists, UnknownCheckpoint
from slipway.state.checkpoints import RedisSaver
from slipway.state.keys import RunKeys


def at(thread: str, checkpoint: str | None = None) -> Any:
    named = {"checkpoint_ns": "", "checkpoint_id": checkpoint} if checkpoint else {}
    return {"configurable": {"thread_id": thread, **named}}


def extend(state: list[str], updates: Sequence[list[str]]) -> list[str]:
    return [*state, *(item for update in updates for item in update)]


class State(TypedDict):
    log: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=3)]
    done: Annotated[list[str], operator.add]
    plan: str


class Boom(Exception):
    pass


class Waves:
    """A graph that plans, codes in a wave, joins and asks; `fail` names writers that fail."""

    def __init__(self, saver: RedisSaver) -> None:
        self.saver = saver
        self.ran: list[str] = []
        self.fail: set[str] = set()
        build = StateGraph(State)
        build.add_node("plan", self.plan)
        build.add_node("code", self.code)
        build.add_node("join", self.join)
        build.add_node("ask", self.ask)
        build.add_edge(START, "plan")
        build.add_conditional_edges("plan", lambda _: [Send("code", name) for name in "abc"], ["code"])
        build.add_edge("code", "join")
        build.add_edge("join", "ask")
        build.add_edge("ask", END)
        self.graph = build.compile(checkpointer=saver)

    async def plan(self, state: State) -> dict[str, Any]:
        self.ran.append("plan")
        return {"log": ["planned"], "plan": "x" * 500}

    async def code(self, name: str) -> dict[str, Any]:
        self.ran.append(name)
        if name in self.fail:
            await self.recorded(3 - len(self.fail))
            raise Boom(name)
        return {"log": [f"coded {name}"], "done": [name]}

    async def recorded(self, writers: int) -> None:
        """Wait until so many writers of run `r` have finished and are recorded."""
        async with asyncio.timeout(30):
            while True:
                found = await self.saver.aget_tuple(at("r"))
                writes = found.pending_writes if found else None
                if len({task for task, channel, _ in writes or () if channel == "done"}) >= writers:
                    return
                await asyncio.sleep(0.01)

    async def join(self, state: State) -> dict[str, Any]:
        self.ran.append("join")
        return {"log": [f"joined {len(state['done'])}"]}

    async def ask(self, state: State) -> dict[str, Any]:
        return {"log": [interrupt("well?")]}

    async def run(self, value: Any, thread: str) -> Any:
        return await self.graph.ainvoke(value, at(thread), durability="sync")

    async def step(self, thread: str, following: tuple[str, ...]) -> Any:
        """The state at which `following` are the next nodes."""
        return await anext(s async for s in self.graph.aget_state_history(at(thread)) if s.next == following)


BEGIN: Any = {"log": ["asked"], "done": [], "plan": ""}
PLANNED = ["asked", "planned"]
CODED = [*PLANNED, "coded a", "coded b", "coded c"]


@pytest.fixture
def saver(redis: Redis) -> RedisSaver:
    return RedisSaver(redis)


@pytest.fixture
def waves(saver: RedisSaver) -> Waves:
    return Waves(saver)


async def forked(waves: Waves, saver: RedisSaver, state: Any, target: str) -> Any:
    """The state of the new thread, which must read as `state` does."""
    config = await saver.afork(state.config, target)
    assert config == at(target, state.config["configurable"]["checkpoint_id"])
    new = await waves.graph.aget_state(at(target))
    assert (new.values, new.next, new.config) == (state.values, state.next, config)
    assert new.metadata == {**state.metadata, "source": "fork"}
    waves.ran.clear()
    return new


@pytest.mark.parametrize(
    ("following", "runs", "log"),
    [
        (("plan",), ["a", "b", "c", "join", "plan"], ["asked"]),
        (("code", "code", "code"), ["a", "b", "c", "join"], PLANNED),
        (("join",), ["join"], CODED),
        (("ask",), [], [*CODED, "joined 3"]),
    ],
)
async def test_a_fork_of_a_finished_run_runs_the_following_steps_anew(
    waves: Waves, saver: RedisSaver, following: tuple[str, ...], runs: list[str], log: list[str]
) -> None:
    await waves.run(BEGIN, "r")
    await waves.run(Command(resume="fine"), "r")
    before = [item async for item in saver.alist(at("r"))]
    new = await forked(waves, saver, await waves.step("r", following), "s")
    assert new.values["log"] == log
    await waves.run(None, "s")
    final = await waves.run(Command(resume="better"), "s")
    assert sorted(waves.ran) == runs
    assert final["log"] == [*CODED, "joined 3", "better"]
    assert final["done"] == ["a", "b", "c"]
    assert [item async for item in saver.alist(at("r"))] == before


async def test_a_fork_in_the_middle_of_a_wave_runs_all_of_it(waves: Waves, saver: RedisSaver) -> None:
    """Writes of finished tasks and the error of another belong to the old run; what is due belongs to both."""
    waves.fail = {"b"}
    with pytest.raises(Boom):
        await waves.run(BEGIN, "r")
    pending = (await saver.aget_tuple(at("r")) or pytest.fail()).pending_writes
    assert {channel for _, channel, _ in pending or ()} >= {"log", "done", "__error__"}
    found = await saver.aget_tuple(await saver.afork(at("r"), "s"))
    assert found and found.pending_writes == []
    waves.fail, waves.ran = set(), []
    await waves.run(None, "s")
    assert sorted(waves.ran) == ["a", "b", "c", "join"]
    waves.ran.clear()
    await waves.run(None, "r")
    assert sorted(waves.ran) == ["b", "join"]  # the run itself keeps what its writers had done


async def test_a_pending_question_is_asked_again(waves: Waves, saver: RedisSaver) -> None:
    await waves.run(BEGIN, "r")
    await saver.afork(at("r"), "s")
    assert (await waves.graph.aget_state(at("s"))).interrupts == ()
    asked = await waves.run(None, "s")
    assert [question.value for question in asked["__interrupt__"]] == ["well?"]
    ends = [(await waves.run(Command(resume=word), thread))["log"][-1] for thread, word in (("s", "no"), ("r", "yes"))]
    assert ends == ["no", "yes"]


async def test_the_update_of_a_command_is_state_but_its_answer_is_not(waves: Waves, saver: RedisSaver) -> None:
    await waves.run(BEGIN, "r")
    await waves.run(Command(resume="fine", update={"plan": "other"}), "r")
    state = await waves.step("r", ("ask",))
    assert state.values["plan"] == "other"
    await forked(waves, saver, state, "s")
    asked = await waves.run(None, "s")
    assert (asked["plan"], [question.value for question in asked["__interrupt__"]]) == ("other", ["well?"])


async def test_a_fork_has_no_parent_that_is_not_there(waves: Waves, saver: RedisSaver) -> None:
    """Ancestors come along where a delta channel needs them; the line ends with a whole checkpoint."""
    await waves.run(BEGIN, "r")
    for state in [s async for s in waves.graph.aget_state_history(at("r"))]:
        target = f"s{state.metadata['step']}"
        await saver.afork(state.config, target)
        items = [item async for item in saver.alist(at(target))]
        ids = [item.config["configurable"]["checkpoint_id"] for item in items]
        parents = [(item.parent_config or {}).get("configurable", {}).get("checkpoint_id") for item in items]
        assert parents == [*ids[1:], None]
        assert len(items) <= 4


class Remembering(TypedDict):
    count: int


async def test_subgraphs_that_remember_keep_what_they_knew_then(saver: RedisSaver) -> None:
    class Memory(TypedDict):
        count: int
        seen: Annotated[list[int], operator.add]

    async def note(state: Memory) -> dict[str, Any]:
        return {"seen": [state["count"]], "count": len(state.get("seen", ())) + 1}

    memory = StateGraph(Memory).add_node("note", note).add_edge(START, "note").compile(checkpointer=True)
    build = StateGraph(Remembering).add_node("memory", memory).add_edge(START, "memory")
    graph = build.compile(checkpointer=saver)
    for number in range(3):
        await graph.ainvoke({"count": 10 * number}, at("r"), durability="sync")
    second = [s async for s in graph.aget_state_history(at("r")) if not s.next][1]
    assert second.values == {"count": 2}
    await saver.afork(second.config, "s")
    assert await graph.ainvoke({"count": 5}, at("s"), durability="sync") == {"count": 3}
    assert await graph.ainvoke({"count": 5}, at("r"), durability="sync") == {"count": 4}


async def test_what_is_not_there_and_what_is_there_already(saver: RedisSaver, waves: Waves) -> None:
    with pytest.raises(UnknownCheckpoint, match="run 'r' has no checkpoint 'newest'"):
        await saver.afork(at("r"), "s")
    await waves.run(BEGIN, "r")
    with pytest.raises(UnknownCheckpoint, match="run 'r' has no checkpoint '1f'"):
        await saver.afork(at("r", "1f"), "s")
    await saver.afork(at("r"), "s")
    before = [item async for item in saver.alist(at("s"))]
    with pytest.raises(RunExists, match="run 's' exists"):
        await saver.afork((await waves.step("r", ("plan",))).config, "s")
    assert [item async for item in saver.alist(at("s"))] == before


async def test_a_copy_that_dies_is_not_seen_and_leaves_nothing_for_good(
    redis: Redis, saver: RedisSaver, waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a copy that were the target's newest would be resumed as if it were whole."""
    await waves.run(BEGIN, "r")
    await waves.run(BEGIN, "s")
    before = [item async for item in saver.alist(at("s"))]
    send, sent = redis.execute_command, list[bytes]()

    async def failing(*words: Any, **options: Any) -> Any:
        sent.append(words[0])
        if len(sent) == 4:  # the index, a page, its staging, and then: the end
            raise ConnectionResetError
        return await send(*words, **options)

    monkeypatch.setattr(redis, "execute_command", failing)
    with pytest.raises(ConnectionResetError):
        await saver.acopy_thread("r", "s")
    monkeypatch.undo()
    assert [item async for item in saver.alist(at("s"))] == before
    staged = [key async for key in redis.scan_iter("*:staged:*")]
    assert staged and all([0 < await redis.pttl(key) <= 3_600_000 for key in staged])
    await saver.acopy_thread("r", "s")
    assert [item.checkpoint async for item in saver.alist(at("s"))] == [
        item.checkpoint async for item in saver.alist(at("r"))
    ]
    assert all([await redis.ttl(key) == -1 for key in RunKeys("s").checkpointing() if await redis.exists(key)])
