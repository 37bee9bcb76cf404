"""The savers that are compared: plain data, a name and how it is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph_checkpoint_aws.checkpoint.valkey import AsyncValkeySaver

from slipway.state import hold, open_redis
from slipway.state.checkpoints import FENCE_KEY, RedisSaver

from .servers import Postgres, Valkey


@dataclass(frozen=True)
class Place:
    """Where a trial writes."""

    thread: str
    folder: Path
    valkey: Valkey
    postgres: Postgres | None


@dataclass(frozen=True)
class Opened:
    """A saver with a client of its own."""

    saver: BaseCheckpointSaver[Any] | None
    configurable: dict[str, Any] = field(default_factory=dict)
    """What a run with it needs besides its thread."""


@dataclass(frozen=True)
class Kind:
    """One of those compared."""

    name: str
    open: Callable[[Place], AbstractAsyncContextManager[Opened]]
    keeps: bool = True
    """Whether another process can go on with what it stored."""


@asynccontextmanager
async def _nothing(place: Place) -> AsyncIterator[Opened]:
    yield Opened(None)


@asynccontextmanager
async def _memory(place: Place) -> AsyncIterator[Opened]:
    yield Opened(InMemorySaver())


@asynccontextmanager
async def _sqlite(place: Place) -> AsyncIterator[Opened]:
    async with AsyncSqliteSaver.from_conn_string(str(place.folder / f"{place.thread}.sqlite")) as saver:
        await saver.setup()
        yield Opened(saver)


@asynccontextmanager
async def _postgres(place: Place) -> AsyncIterator[Opened]:
    assert place.postgres
    async with AsyncPostgresSaver.from_conn_string(place.postgres.conninfo) as saver:
        await saver.setup()
        yield Opened(saver)


@asynccontextmanager
async def _valkey_aws(place: Place) -> AsyncIterator[Opened]:
    async with AsyncValkeySaver.from_conn_string(place.valkey.url) as saver:
        yield Opened(saver)


@asynccontextmanager
async def _ours(place: Place) -> AsyncIterator[Opened]:
    async with (
        open_redis(place.valkey.url, data_dir=place.folder, runtime_dir=place.folder) as redis,
        hold(redis, run=place.thread, project="p") as fence,
    ):
        yield Opened(RedisSaver(redis), {FENCE_KEY: fence.token})


FLOOR = Kind("none", _nothing, keeps=False)
OURS = Kind("slipway", _ours)
KINDS = (
    FLOOR,
    Kind("memory", _memory, keeps=False),
    Kind("sqlite", _sqlite),
    Kind("postgres", _postgres),
    Kind("valkey-aws", _valkey_aws),
    OURS,
)
OPTIONAL = tuple(kind.name for kind in KINDS if kind not in (FLOOR, OURS))
"""Those that a comparison can do without."""
