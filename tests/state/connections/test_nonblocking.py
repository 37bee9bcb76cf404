"""`langgraph dev` refuses blocking calls on the event loop, and a blocked loop loses streams and time-outs."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest
from redis.asyncio import Redis

from slipway.state import EMPTY_VERSION, Change, FileRef, ProjectStore, RunRecord, RunStore, hold, open_redis
from slipway.state.checkpoints import RedisSaver


class Folders(Protocol):
    data: Path
    runtime: Path


async def use(redis: Redis, record: RunRecord) -> None:
    projects = ProjectStore(redis)
    await projects.create("p")
    await RunStore(redis).create(record)
    async with hold(redis, run="r", project="p") as fence:
        await projects.branch("p", "r", EMPTY_VERSION)
        (digest,) = await projects.put_blobs("p", fence, [b"a"])
        changes = {"a": Change(None, FileRef(digest))}
        revision = await projects.publish("p", fence, step="s", attempt=0, changes=changes)
        assert await projects.files("p", revision.version) == {"a": (b"a", False)}
    assert await RedisSaver(redis).aget_tuple({"configurable": {"thread_id": "r"}}) is None


async def test_nothing_blocks_the_event_loop(folders: Folders, record: RunRecord) -> None:
    blockbuster = pytest.importorskip("blockbuster")
    with blockbuster.blockbuster_ctx():
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
            await use(redis, record)
