"""A server of its own for these tests: a real one, in folders of its own, stopped at the end."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import EMPTY_VERSION, Fence, ProjectStore, RunRecord, hold, open_redis
from slipway.state.server import Attachment


@dataclass(frozen=True)
class Folders:
    """Where an embedded server keeps its data and its socket."""

    data: Path
    runtime: Path


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    """Fresh folders; the socket's is short."""
    with tempfile.TemporaryDirectory(prefix="sw") as runtime:
        yield Folders(tmp_path / "data", Path(runtime))


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests that only need one; each of them clears it first."""
    with tempfile.TemporaryDirectory(prefix="sw") as runtime:
        attachment = Attachment.open(tmp_path_factory.mktemp("redis"), Path(runtime))
        yield f"unix://{attachment.socket}"
        attachment.close()


@pytest.fixture
async def redis(server_url: str, tmp_path: Path) -> AsyncIterator[Redis]:
    """A client of an empty server."""
    async with open_redis(server_url, data_dir=tmp_path, runtime_dir=tmp_path) as client:
        await client.flushall()
        yield client


@pytest.fixture
async def projects(redis: Redis) -> ProjectStore:
    """The project store, with an empty project `p`."""
    store = ProjectStore(redis)
    await store.create("p")
    return store


@pytest.fixture
async def fence(redis: Redis, projects: ProjectStore) -> AsyncIterator[Fence]:
    """The lease of run `r` on project `p`, which has a branch there."""
    async with hold(redis, run="r", project="p") as held:
        await projects.branch("p", "r", EMPTY_VERSION)
        yield held


@pytest.fixture
def record() -> RunRecord:
    """A run `r` on project `p`."""
    return RunRecord(
        id="r",
        project="p",
        request="a tally",
        lineup=Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES}),
        base=EMPTY_VERSION,
        created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
