"""A resumed step repeats what was done and asks for nothing twice: other timings would make other requests."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from slipway.config import Settings
from slipway.sandboxes import FileContent, Sandbox, open_sandbox
from slipway.state import EMPTY_VERSION, Fence, FenceLost, Journal, ProjectStore, hold, open_state
from slipway.telemetry import Collector, Tracer
from slipway.tools import Journaled, ToolRequest, Tools

ToolsOn = Callable[[Sandbox], Tools]

FILES = {
    "keep.py": FileContent(b"x = 1\n"),
    "old/gone.py": FileContent(b"y = 1\n"),
    "swap": FileContent(b"file\n"),
    "run.sh": FileContent(b"echo\n"),
}


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    async with open_state(settings) as redis:
        projects = ProjectStore(redis)
        await projects.create("p")
        await projects.branch("p", "r", EMPTY_VERSION)
        yield redis


@pytest.fixture
async def fresh(real: Sandbox, cache_dir: Path) -> AsyncIterator[Sandbox]:
    """A second sandbox; both hold the files that the step starts from."""
    sandbox = await open_sandbox(cache_dir=cache_dir)
    for each in (real, sandbox):
        await each.write(FILES)
    yield sandbox
    await sandbox.close()


@pytest.fixture
def journaled(redis: Redis, tools_on: ToolsOn, collector: Collector) -> Callable[[Fence, Sandbox], Journaled]:
    def make(fence: Fence, sandbox: Sandbox) -> Journaled:
        tracer = Tracer(collector.provider, "r")
        return Journaled(tools_on(sandbox), Journal(redis, fence), ProjectStore(redis), "p", fence, sandbox, tracer)

    return make


def request(index: int, name: str, **arguments: Any) -> ToolRequest:
    return ToolRequest("code/a", index, name, arguments)


STEP = [
    request(0, "write_file", path="new/a.py", content="print('grüße')\n"),
    request(1, "edit_file", path="keep.py", old="x = 1", new="x = 2"),
    request(2, "run", command="date +%N; chmod +x run.sh; rm old/gone.py swap; mkdir swap; date +%N > swap/z"),
    request(3, "read_file", path="no.py"),
    request(4, "run", command="rm -r swap; date +%N > swap; cat swap; mkdir __pycache__; touch __pycache__/a; false"),
]


async def test_a_killed_step_is_repeated_to_the_byte_in_a_fresh_sandbox(
    redis: Redis, real: Sandbox, fresh: Sandbox, journaled: Callable[[Fence, Sandbox], Journaled], collector: Collector
) -> None:
    """Deletions, executable bits, folders that became files, what the clock said: nothing is executed a second time."""
    async with hold(redis, run="r", project="p") as fence:
        told = [await journaled(fence, real).call(each) for each in STEP]
        executed = len(collector.spans)
    async with hold(redis, run="r", project="p") as fence:
        repeated = [await journaled(fence, fresh).call(each) for each in STEP]
        entries = await Journal(redis, fence).entries()
    assert [result.ok for result in told] == [True, True, True, False, True]
    assert repeated == [dataclasses.replace(result, journaled=True) for result in told]
    after = await real.snapshot()
    assert await fresh.snapshot() == after
    assert sorted(after) == ["keep.py", "new/a.py", "run.sh", "swap"]
    assert after["run.sh"].executable and not after["swap"].executable
    assert [(entry.index, entry.kind) for entry in entries] == [(index, "tool") for index in range(5)]
    spans = collector.spans[executed:]
    assert [(span.name, (span.attributes or {})["slipway.step"]) for span in spans] == [("journal.hit", "code/a")] * 5


async def test_another_argument_place_or_tool_is_another_call(
    redis: Redis, real: Sandbox, fresh: Sandbox, journaled: Callable[[Fence, Sandbox], Journaled]
) -> None:
    """Answered with the wrong record, a changed request would go unnoticed."""
    first = request(0, "write_file", path="a.py", content="1")
    others = [
        request(0, "write_file", path="a.py", content="2"),
        request(1, "write_file", path="a.py", content="1"),
        dataclasses.replace(first, step="code/b"),
        request(0, "write_files", path="a.py", content="1"),
    ]
    async with hold(redis, run="r", project="p") as fence:
        tools = journaled(fence, real)
        results = [await tools.call(each) for each in [first, *others, dataclasses.replace(first, call_id="other")]]
    assert [result.journaled for result in results] == [False] * 5 + [True]


async def test_the_order_of_arguments_does_not_matter(
    redis: Redis, real: Sandbox, journaled: Callable[[Fence, Sandbox], Journaled]
) -> None:
    async with hold(redis, run="r", project="p") as fence:
        tools = journaled(fence, real)
        await tools.call(request(0, "write_file", path="a.py", content="1"))
        again = await tools.call(request(0, "write_file", content="1", path="a.py"))
    assert (again.text, again.journaled) == ("wrote a.py (1 bytes)", True)


async def test_a_process_that_lost_its_lease_records_nothing(
    redis: Redis, real: Sandbox, journaled: Callable[[Fence, Sandbox], Journaled]
) -> None:
    async with hold(redis, run="r", project="p") as old:
        pass
    async with hold(redis, run="r", project="p") as new:
        with pytest.raises(FenceLost):
            await journaled(old, real).call(STEP[0])
        assert await Journal(redis, new).entries() == []


def test_the_tools_are_told_as_they_are(real: Sandbox, tools_on: ToolsOn, collector: Collector, redis: Redis) -> None:
    inner = tools_on(real)
    outer = Journaled(
        inner,
        Journal(redis, Fence("r", 1)),
        ProjectStore(redis),
        "p",
        Fence("r", 1),
        real,
        Tracer(collector.provider, "r"),
    )
    assert outer.schemas == inner.schemas
