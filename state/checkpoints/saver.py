"""The LangGraph saver on plain Redis. The thread id is the run id.

Where `configurable` holds `FENCE_KEY`, every write is refused unless that token is the newest of the run: a process
that lost its lease cannot move the graph on. Runs made without it are not fenced.

The asynchronous methods use the client that the saver was made with. The blocking ones, for `graph.invoke` and its
like, open connections of their own to the same server. A program without an event loop:

    with open_saver("redis://localhost") as saver:
        graph = builder.compile(checkpointer=saver)
        graph.invoke(...)
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
)
from redis.asyncio import Redis

from ..connections.connection import open_redis
from .exchange import BlockingHalf, answer
from .operations import FENCE_KEY, Operations, Query
from .serde import StrictSerializer

__all__ = ["FENCE_KEY", "RedisSaver", "open_saver"]


class RedisSaver(BaseCheckpointSaver[str]):
    """Keeps the checkpoints of graphs.

    `allow` names types beyond plain data, LangGraph's own and the records of `slipway.state`; any other is UnknownType
    when it is written. Bytes that are not what was written are CorruptState. A blocking method that is called where an
    event loop runs is RuntimeError; its asynchronous twin has an `a` before its name.
    """

    def __init__(self, redis: Redis, *, allow: Iterable[type] = ()) -> None:
        super().__init__(serde=StrictSerializer(allow))
        self._redis = redis
        self._blocking = BlockingHalf(redis)

    @property
    def _operations(self) -> Operations:
        return Operations(self.serde)  # LangGraph makes copies of a saver that have another `serde`

    def close(self) -> None:
        """Close the connections of the blocking methods; the client that the saver was made with stays open."""
        self._blocking.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get_next_version(self, current: str | None, channel: None) -> str:
        """A larger version; two forks of a thread never make the same one."""
        number = 1 if current is None else int(current.split(".")[0]) + 1
        return f"{number:032}.{random.getrandbits(64):016x}"

    # --- the asynchronous methods ----------------------------------------------------------------------------------

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint in one round trip. FenceLost."""
        return await answer(self._redis, self._operations.put(config, checkpoint, metadata, new_versions))

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store the writes of a task in one round trip. FenceLost."""
        await answer(self._redis, self._operations.put_writes(config, writes, task_id, task_path))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the newest of its namespace; in one round trip."""
        return await answer(self._redis, self._operations.get(config))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Checkpoints, newest first; without `config`, those of every thread, one thread after the other."""
        left, query = sys.maxsize if limit is None else limit, Query.of(config, filter, before)
        rest = await answer(self._redis, self._operations.begin(config))
        while left > 0 and (rest.threads or rest.places):
            found, rest = await answer(self._redis, self._operations.page(rest, query, left))
            left -= len(found)
            for item in found:
                yield item

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """The writes to `channels` since their last stored value, and that value, along the line of parents."""
        return await answer(self._redis, self._operations.history(config, channels))

    async def adelete_thread(self, thread_id: str) -> None:
        """Drop all checkpoints of a thread."""
        await answer(self._redis, self._operations.delete_thread(thread_id))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Replace the target's checkpoints by a copy of the source's, in one step; no lease is asked for."""
        await answer(self._redis, self._operations.copy_thread(source_thread_id, target_thread_id))

    async def afork(self, source: RunnableConfig, target_thread: str) -> RunnableConfig:
        """Begin the thread `target_thread` with the checkpoint that `source` names, and return where it lies.

        It reads equal, and its next steps run anew: what tasks wrote after it is left behind, while what was due, and
        the update of a command, stay. Where its delta channels need ancestors, these come along; so does what
        subgraphs with a memory of their own knew by then. UnknownCheckpoint; RunExists: the target holds checkpoints.
        """
        return await answer(self._redis, self._operations.fork(source, target_thread))

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Drop the checkpoints whose metadata name one of `run_ids`, in every thread.

        A checkpoint that the delta channels of another run's need stays.
        """
        await answer(self._redis, self._operations.delete_for_runs(run_ids))

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep the newest checkpoint of each namespace, and what its delta channels need; or `delete` all."""
        await answer(self._redis, self._operations.prune(thread_ids, strategy))

    # --- the blocking methods --------------------------------------------------------------------------------------

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As `aput`."""
        return self._blocking.answer(self._operations.put(config, checkpoint, metadata, new_versions), twin="aput")

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """As `aput_writes`."""
        self._blocking.answer(self._operations.put_writes(config, writes, task_id, task_path), twin="aput_writes")

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As `aget_tuple`."""
        return self._blocking.answer(self._operations.get(config), twin="aget_tuple")

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """As `alist`."""
        left, query = sys.maxsize if limit is None else limit, Query.of(config, filter, before)
        rest = self._blocking.answer(self._operations.begin(config), twin="alist")
        while left > 0 and (rest.threads or rest.places):
            found, rest = self._blocking.answer(self._operations.page(rest, query, left), twin="alist")
            left -= len(found)
            yield from found

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """As `aget_delta_channel_history`."""
        return self._blocking.answer(self._operations.history(config, channels), twin="aget_delta_channel_history")

    def delete_thread(self, thread_id: str) -> None:
        """As `adelete_thread`."""
        self._blocking.answer(self._operations.delete_thread(thread_id), twin="adelete_thread")

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """As `acopy_thread`."""
        self._blocking.answer(self._operations.copy_thread(source_thread_id, target_thread_id), twin="acopy_thread")

    def fork(self, source: RunnableConfig, target_thread: str) -> RunnableConfig:
        """As `afork`."""
        return self._blocking.answer(self._operations.fork(source, target_thread), twin="afork")

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """As `adelete_for_runs`."""
        self._blocking.answer(self._operations.delete_for_runs(run_ids), twin="adelete_for_runs")

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """As `aprune`."""
        self._blocking.answer(self._operations.prune(thread_ids, strategy), twin="aprune")


@contextmanager
def open_saver(url: str, *, allow: Iterable[type] = ()) -> Generator[RedisSaver]:
    """A saver on the server at `url` for a program that has no event loop; its blocking methods are used.

    StateUnavailable, within about three seconds: there is no such server, or it is not fit to keep data.
    """
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        nowhere = Path()  # folders are for the embedded server alone
        redis = runner.run(opened.enter_async_context(open_redis(url, data_dir=nowhere, runtime_dir=nowhere)))
        try:
            with RedisSaver(redis, allow=allow) as saver:
                yield saver
        finally:
            runner.run(opened.aclose())
