"""A disk that only fills is a disk that fails one day: what nobody needs can be freed, and is told in numbers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

from slipway.config import Settings
from slipway.state import EMPTY_VERSION, ProjectStore, hold, open_state
from slipway.state.keys import ProjectKeys

Slipway = Callable[..., subprocess.CompletedProcess[str]]


async def test_every_project_is_swept(settings: Settings, slipway: Slipway) -> None:
    async with open_state(settings) as redis:
        projects = ProjectStore(redis)
        for name in ("a", "b"):
            await projects.create(name)
            async with hold(redis, run="r", project=name) as fence:
                await projects.branch(name, "r", EMPTY_VERSION)
                await projects.put_blobs(name, fence, [bytes(3 << 20), b"x"])
        await redis.delete(*ProjectKeys("a").branch("r").lasting())
        first = slipway("gc")
        second = slipway("gc", "--grace", "0", "--json")
        third = slipway("gc", "--grace", "0")
        assert await projects.used("b") == (3 << 20) + 1
    kept = (
        "a: freed 0 contents and 0 versions, 0.0 MiB; 3.0 MiB left\n"
        "b: freed 0 contents and 0 versions, 0.0 MiB; 3.0 MiB left\n"
        "freed 0.0 MiB in all; what was needed until just now goes in a later collection\n"
    )
    assert (first.returncode, first.stdout, first.stderr) == (0, kept, "")
    assert [json.loads(line) for line in second.stdout.splitlines()] == [
        {"project": "a", "blobs": 2, "bytes": (3 << 20) + 1, "versions": 0, "left": 0},
        {"project": "b", "blobs": 0, "bytes": 0, "versions": 0, "left": (3 << 20) + 1},
    ]
    assert third.stdout == kept.replace("3.0 MiB left", "0.0 MiB left", 1)


def test_nothing_to_do(slipway: Slipway) -> None:
    done = slipway("gc")
    assert (done.returncode, done.stderr) == (0, "")
    assert slipway("gc", "--grace", "-1").returncode == 2
