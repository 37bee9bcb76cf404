"""LangGraph's contract for savers, asked by its own suite: of the asynchronous half and of the blocking one.

The suite's release lacks the group on delta channels: `test_delta_channels.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import ALL_CAPABILITIES
from redis.asyncio import Redis

from slipway.state.checkpoints import RedisSaver


class Threaded(BaseCheckpointSaver[str]):
    """The asynchronous interface, served by a saver's blocking methods."""

    def __init__(self, saver: RedisSaver) -> None:
        super().__init__(serde=saver.serde)
        self._saver = saver

    def get_next_version(self, current: str | None, channel: None) -> str:
        return self._saver.get_next_version(current, channel)

    async def aput(self, *args: Any) -> Any:
        return await asyncio.to_thread(self._saver.put, *args)

    async def aput_writes(
        self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await asyncio.to_thread(self._saver.put_writes, config, writes, task_id, task_path)

    async def aget_tuple(self, config: Any) -> CheckpointTuple | None:
        return await asyncio.to_thread(self._saver.get_tuple, config)

    async def alist(self, config: Any, **how: Any) -> AsyncIterator[CheckpointTuple]:
        for item in await asyncio.to_thread(lambda: list(self._saver.list(config, **how))):
            yield item

    async def adelete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self._saver.delete_thread, thread_id)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        await asyncio.to_thread(self._saver.delete_for_runs, run_ids)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        await asyncio.to_thread(self._saver.copy_thread, source_thread_id, target_thread_id)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        await asyncio.to_thread(lambda: self._saver.prune(thread_ids, strategy=strategy))


@pytest.mark.parametrize("half", [lambda saver: saver, Threaded], ids=["asynchronous", "blocking"])
async def test_every_group_of_the_conformance_suite_passes(
    redis: Redis, half: Callable[[RedisSaver], BaseCheckpointSaver[str]]
) -> None:
    with RedisSaver(redis) as kept:

        async def saver() -> AsyncIterator[BaseCheckpointSaver[str]]:
            yield half(kept)

        report = await validate(checkpointer_test(name="RedisSaver")(saver))
    results = {name: (result.detected, result.tests_failed, result.failures) for name, result in report.results.items()}
    assert results == {capability.value: (True, 0, []) for capability in ALL_CAPABILITIES}
