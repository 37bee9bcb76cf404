"""Contents are stored once, counted exactly, kept for whoever claims them, and refused whole where they do not fit."""

from __future__ import annotations

import asyncio
import hashlib
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from slipway.state import (
    EMPTY_VERSION,
    CorruptState,
    Fence,
    FenceLost,
    OverQuota,
    ProjectStore,
    UnknownVersion,
    hold,
)
from slipway.state.keys import ProjectKeys, RunKeys


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_contents_are_sent_once(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    contents = [b"a", b"", bytes(range(256)), b"a", b"x" * 5_000_000]
    digests = await projects.put_blobs("p", fence, contents)
    assert digests == [digest(data) for data in contents]
    received = (await redis.info("stats"))["total_net_input_bytes"]
    await projects.put_blobs("p", fence, contents)
    assert (await redis.info("stats"))["total_net_input_bytes"] - received < 5_000
    assert await projects.get_blobs("p", digests) == dict(zip(digests, contents, strict=True))
    assert await projects.put_blobs("p", fence, []) == [] and await projects.get_blobs("p", []) == {}
    assert await projects.used("p") == sum(map(len, set(contents)))


async def test_what_is_put_or_claimed_is_the_runs_and_ends_with_its_branch(
    redis: Redis, projects: ProjectStore, fence: Fence
) -> None:
    """Tool results and check reports are in no version: without a claim a resumed run would not find them."""
    keys = ProjectKeys("p")
    await projects.put_blobs("p", fence, [b"a", b"b"])
    await projects.branch("p", "fork", EMPTY_VERSION)
    await projects.claim("p", "fork", [digest(b"a")])
    await projects.claim("p", "fork", [])
    claims = [await redis.smembers(keys.branch(run).claims) for run in ("r", "fork")]  # pyright: ignore[reportGeneralTypeIssues]
    assert [sorted(found) for found in claims] == [
        sorted(digest(data).encode() for data in (b"a", b"b")),
        [digest(b"a").encode()],
    ]
    await redis.pexpire(keys.branch("r").meta, 50_000)
    await projects.put_blobs("p", fence, [b"late"])
    assert 0 < await redis.pttl(keys.branch("r").claims) <= 50_000
    assert keys.branch("r").claims in keys.branch("r").lasting()


async def test_a_claim_takes_all_or_nothing(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    await projects.put_blobs("p", fence, [b"a"])
    await projects.branch("p", "fork", EMPTY_VERSION)
    with pytest.raises(CorruptState, match=f"the content {digest(b'no')} is missing"):
        await projects.claim("p", "fork", [digest(b"a"), digest(b"no")])
    with pytest.raises(ValueError, match="is not a digest"):
        await projects.claim("p", "fork", ["f00"])
    assert not await redis.exists(ProjectKeys("p").branch("fork").claims)


async def test_nobody_without_a_branch_or_behind_a_lost_fence_stores_anything(
    redis: Redis, projects: ProjectStore, fence: Fence
) -> None:
    """Claims of a run that is gone would be kept for ever."""
    with pytest.raises(UnknownVersion, match="branch of run 's'; make it first"):
        await projects.claim("p", "s", [digest(b"a")])
    async with hold(redis, run="s", project="p") as without:
        with pytest.raises(UnknownVersion, match="branch of run 's'; make it first"):
            await projects.put_blobs("p", without, [b"a"])
    await redis.delete(RunKeys("r").lease)
    async with hold(redis, run="r", project="p"):
        with pytest.raises(FenceLost):
            await projects.put_blobs("p", fence, [b"a"])
    assert await projects.used("p") == 0 and not await redis.exists(ProjectKeys("p").blobs)


async def test_over_the_quota_nothing_is_stored(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    """A part of a step's files would fill the project up and serve nobody; the next try may well be smaller."""
    small = ProjectStore(redis, quota_bytes=10 << 20)
    first = bytes(6 << 20)
    await small.put_blobs("p", fence, [first])
    too_much = [bytes([number]) * (1 << 20) for number in range(1, 6)]
    with pytest.raises(OverQuota) as raised:
        await small.put_blobs("p", fence, too_much)
    assert (raised.value.used, raised.value.wanted, raised.value.allowed) == (6 << 20, 5 << 20, 10 << 20)
    assert str(raised.value) == (
        "project 'p' holds 6.0 MiB, and 5.0 MiB more do not fit into the 10.0 that it may hold; "
        "raise limits.project_mb, or free what nobody needs: slipway gc"
    )
    assert await redis.hkeys(ProjectKeys("p").blobs) == [digest(first).encode()]  # pyright: ignore[reportGeneralTypeIssues]
    await small.put_blobs("p", fence, [first, *too_much[:4]])
    await small.put_blobs("p", fence, [b""])
    assert await small.used("p") == 10 << 20
    await projects.put_blobs("p", fence, too_much)


async def test_room_that_a_dead_process_reserved_is_given_back(
    redis: Redis, projects: ProjectStore, fence: Fence
) -> None:
    keys, small = ProjectKeys("p"), ProjectStore(redis, quota_bytes=100)
    seconds, _ = await redis.time()
    await redis.hset(keys.pending, "alive", f"60 {seconds * 1000}")  # pyright: ignore[reportGeneralTypeIssues]
    with pytest.raises(OverQuota):
        await small.put_blobs("p", fence, [bytes(50)])
    await redis.hset(keys.pending, "alive", f"60 {(seconds - 200) * 1000}")  # pyright: ignore[reportGeneralTypeIssues]
    await small.put_blobs("p", fence, [bytes(50)])
    assert not await redis.exists(keys.pending)


PUTS = st.lists(st.lists(st.integers(0, 12), max_size=6), min_size=1, max_size=12)


@given(rounds=st.lists(PUTS, min_size=1, max_size=4), quota=st.integers(0, 400))
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_count_is_exact_whoever_puts_and_sweeps(
    redis: Redis, rounds: list[list[list[int]]], quota: int
) -> None:
    """A count that drifts would one day refuse everything, or nothing."""
    project = uuid.uuid4().hex
    projects = ProjectStore(redis, quota_bytes=quota)
    await projects.create(project)
    keys = ProjectKeys(project)
    for number, puts in enumerate(rounds):
        run = f"{project}-{number}"
        await projects.branch(project, run, EMPTY_VERSION)
        async with hold(redis, run=run, project=project) as fence:
            sweeps = [projects.sweep(project, grace=0) for _ in range(2)]
            calls = [projects.put_blobs(project, fence, [bytes([size]) * size * 5 for size in put]) for put in puts]
            results = await asyncio.gather(*calls, *sweeps, return_exceptions=True)
        assert all(isinstance(result, OverQuota) for result in results if isinstance(result, BaseException))
        stored = await redis.hgetall(keys.blobs)  # pyright: ignore[reportGeneralTypeIssues]
        assert await projects.used(project) == sum(map(len, stored.values())) <= quota
        done = {size for put, result in zip(puts, results, strict=False) if isinstance(result, list) for size in put}
        assert {digest(bytes([size]) * size * 5).encode() for size in done} <= stored.keys()
        sizes = await redis.hgetall(keys.sizes)  # pyright: ignore[reportGeneralTypeIssues]
        assert sizes == {name: str(len(data)).encode() for name, data in stored.items()}
        assert not await redis.exists(keys.pending)
        await redis.delete(*keys.branch(run).lasting())
    await projects.sweep(project, grace=0)
    assert (await projects.used(project), await redis.exists(keys.blobs)) == (0, 0)
