"""Any sequence of what LangGraph may ask leaves us with what its own in-memory saver holds."""

from __future__ import annotations

import asyncio
import copy
from typing import Any, NamedTuple
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.memory import InMemorySaver
from redis.asyncio import Redis

from slipway.state.checkpoints import RedisSaver

THREADS, NAMESPACES, CHANNELS = ("r", "s"), ("", "sub", "sub|node:1"), ("a", "b", "é")
VALUES = st.none() | st.integers(-5, 5) | st.text(max_size=300) | st.binary(max_size=200) | st.lists(st.integers(0, 9))


class Put(NamedTuple):
    thread: str
    namespace: str
    parent: int
    values: dict[str, Any]
    emptied: frozenset[str]
    step: int


class Writes(NamedTuple):
    thread: str
    namespace: str
    checkpoint: int
    writes: list[tuple[str, Any]]
    task: str
    path: str


class Copy(NamedTuple):
    source: str
    target: str


class Prune(NamedTuple):
    thread: str


class Delete(NamedTuple):
    thread: str


WHERE = {"thread": st.sampled_from(THREADS), "namespace": st.sampled_from(NAMESPACES)}
CHANNEL = st.sampled_from((*CHANNELS, "__error__", "__interrupt__", "__resume__"))
STEPS = st.one_of(
    st.builds(
        Put, **WHERE, parent=st.integers(0, 3), values=st.dictionaries(st.sampled_from(CHANNELS), VALUES),
        emptied=st.frozensets(st.sampled_from(CHANNELS)), step=st.integers(0, 3),
    ),
    st.builds(
        Writes, **WHERE, checkpoint=st.integers(0, 3), writes=st.lists(st.tuples(CHANNEL, VALUES), max_size=3),
        task=st.sampled_from(["0", "1"]), path=st.sampled_from(["", "~1", "~2"]),
    ),
    st.builds(Copy, st.just("r"), st.just("s")),
    st.builds(Prune, st.sampled_from(THREADS)),
    st.builds(Delete, st.sampled_from(THREADS)),
)  # fmt: skip


class Pair:
    """Ours and the model, with threads of their own for each example."""

    def __init__(self, redis: Redis) -> None:
        self.ours = RedisSaver(redis)
        self.model = InMemorySaver()
        self.names = {thread: f"{thread}-{uuid4()}" for thread in THREADS}
        self.versions = 0

    def at(self, thread: str, namespace: str | None, checkpoint: str | None = None) -> Any:
        named = {} if namespace is None else {"checkpoint_ns": namespace}
        named |= {"checkpoint_id": checkpoint} if checkpoint else {}
        return {"configurable": {"thread_id": self.names[thread], **named}}

    def ids(self, thread: str, namespace: str) -> list[str]:
        return sorted(self.model.storage[self.names[thread]][namespace])

    async def do(self, step: Any) -> None:
        match step:
            case Put():
                await self.put(step)
            case Writes():
                await self.write(step)
            case Copy():
                self.copy(self.names[step.source], self.names[step.target])
                await self.ours.acopy_thread(self.names[step.source], self.names[step.target])
            case Prune():
                self.prune(self.names[step.thread])
                await self.ours.aprune([self.names[step.thread]])
            case Delete():
                self.model.delete_thread(self.names[step.thread])
                await self.ours.adelete_thread(self.names[step.thread])
            case _:
                raise AssertionError(step)

    async def put(self, step: Put) -> None:
        ids = self.ids(step.thread, step.namespace)
        parent = ids[-1 - step.parent % len(ids)] if ids else None
        config = self.at(step.thread, step.namespace, parent)
        before = (self.model.get_tuple(config) if parent else None) or None
        self.versions += 1
        fresh = dict.fromkeys([*step.values, *(step.emptied - step.values.keys())], f"{self.versions:032}.0")
        old = before.checkpoint if before else {"channel_versions": {}, "channel_values": {}}
        kept = {name: value for name, value in old["channel_values"].items() if name not in fresh}
        checkpoint: Any = {
            "v": 4, "id": str(uuid6()), "ts": "now", "channel_values": {**kept, **step.values},
            "channel_versions": {**old["channel_versions"], **fresh}, "versions_seen": {}, "updated_channels": None,
        }  # fmt: skip
        for saver in (self.ours, self.model):
            await saver.aput(config, copy.deepcopy(checkpoint), {"source": "loop", "step": step.step}, fresh)  # type: ignore

    async def write(self, step: Writes) -> None:
        ids = self.ids(step.thread, step.namespace)
        if ids:
            config = self.at(step.thread, step.namespace, ids[-1 - step.checkpoint % len(ids)])
            for saver in (self.ours, self.model):
                await saver.aput_writes(config, step.writes, step.task, step.path)

    def copy(self, source: str, target: str) -> None:
        """The model lacks copies: here is what one is."""
        self.model.delete_thread(target)
        for namespace, found in self.model.storage[source].items():
            self.model.storage[target][namespace] = dict(found)
        for (thread, namespace, checkpoint), writes in list(self.model.writes.items()):
            if thread == source:
                self.model.writes[target, namespace, checkpoint] = dict(writes)
        for (thread, *rest), blob in list(self.model.blobs.items()):
            if thread == source:
                self.model.blobs[(target, *rest)] = blob  # type: ignore

    def prune(self, thread: str) -> None:
        """And here is what pruning is, where no delta channels are."""
        for namespace, found in self.model.storage[thread].items():
            newest = max(found, default=None)
            for checkpoint in [name for name in found if name != newest]:
                del found[checkpoint]
                self.model.writes.pop((thread, namespace, checkpoint), None)

    async def compare(self) -> None:
        for thread in THREADS:
            for namespace in (None, *NAMESPACES):
                config = self.at(thread, namespace)
                ours = [item async for item in self.ours.alist(config)]
                theirs = list(self.model.list(config))
                theirs.sort(key=lambda item: item.config["configurable"]["checkpoint_id"], reverse=True)
                assert ours == theirs
                for how in ({"filter": {"step": 1}}, {"limit": 2}, {"before": theirs[0].config} if theirs else {}):
                    found = [item async for item in self.ours.alist(config, **how)]
                    if namespace is not None:
                        assert found == list(self.model.list(config, **how))
            for namespace in NAMESPACES:
                assert await self.ours.aget_tuple(self.at(thread, namespace)) == self.model.get_tuple(
                    self.at(thread, namespace)
                )
        with self.ours as blocking:
            config = self.at("r", None)
            again = await asyncio.to_thread(lambda: list(blocking.list(config)))
            assert again == [item async for item in self.ours.alist(config)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=15))
async def test_listings_equal_those_of_the_model(redis: Redis, steps: list[Any]) -> None:
    pair = Pair(redis)
    for step in steps:
        await pair.do(step)
    await pair.compare()
