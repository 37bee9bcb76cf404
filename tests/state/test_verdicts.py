"""Files that did not change are not judged again; what is kept of that must not grow for ever."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from slipway.state import CheckResult, CorruptState
from slipway.state.keys import ProjectKeys
from slipway.state.verdicts import Verdicts

GREEN = CheckResult(check="lint", status="passed", seconds=1.5)
RED = CheckResult(check="lint", status="failed")


async def test_the_first_verdict_stands_in_its_project(redis: Redis) -> None:
    verdicts = Verdicts(redis, "p")
    assert await verdicts.get("d") is None
    await verdicts.put("d", GREEN)
    await verdicts.put("d", RED)
    assert await verdicts.get("d") == GREEN
    assert await Verdicts(redis, "other").get("d") is None


async def test_the_newest_thousand_are_kept_for_a_month(redis: Redis) -> None:
    verdicts, keys = Verdicts(redis, "p"), ProjectKeys("p")
    for number in range(1_003):
        await verdicts.put(f"d{number}", GREEN)
    assert [await verdicts.get(f"d{number}") for number in (2, 3)] == [None, GREEN]
    assert (await redis.hlen(keys.verdicts), await redis.llen(keys.verdicts_order)) == (1_000, 1_000)
    for key in (keys.verdicts, keys.verdicts_order):
        assert 0 <= 30 * 86_400 - await redis.ttl(key) < 60


async def test_what_is_no_verdict_is_named(redis: Redis) -> None:
    await redis.hset(ProjectKeys("p").verdicts, "d", "nonsense")
    with pytest.raises(CorruptState, match="project 'p'"):
        await Verdicts(redis, "p").get("d")
