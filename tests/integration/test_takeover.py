"""One run, one process: of two that want it one gets it, and one that slept through its lease changes nothing.

Two processes on one run would pay for everything twice and write over each other's work.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from slipway.config import Settings
from slipway.state import EventStream, RunStore, open_state
from slipway.state.keys import RunKeys

from ..commands import Started
from .conftest import Endpoint, StartEndpoint
from .playing import REQUEST, WHOLE, Held, holding

LATENCY = 0.5
ROUNDS = 4

Slipway = Callable[..., Started]


@pytest.fixture
def slipway(environment: dict[str, str]) -> Iterator[Slipway]:
    """Starts commands, and ends what is left of them with the test."""
    started: list[Started] = []

    def start(*words: str) -> Started:
        started.append(Started(words, environment))
        return started[-1]

    yield start
    for process in started:
        process.close()


def _until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.01)


def _asked(endpoint: Endpoint, role: str, turn: int) -> Callable[[], bool]:
    return lambda: any(e["event"] == "asked" and (e["role"], e["turn"]) == (role, turn) for e in endpoint.entries())


async def _newest(settings: Settings) -> str:
    async with open_state(settings) as redis:
        return (await RunStore(redis).newest(1))[0].id


async def _passages(settings: Settings, run: str) -> tuple[int, int]:
    """How often the run was begun or resumed, by its events and by its fence."""
    async with open_state(settings) as redis:
        events = await EventStream(redis, run).read()
        token = await redis.get(RunKeys(run).fence)
    return sum(event.kind == "run_started" for _, event in events), int(token)


def test_of_two_that_resume_a_run_exactly_one_runs_it(
    start_endpoint: StartEndpoint, slipway: Slipway, settings: Settings, tmp_path: Path
) -> None:
    """Each round the holder is killed, and two at once find the run to be had."""
    # None of them comes further than its first call, so that the one that holds the run does so as long as is needed.
    first_call = Held("architect", 0, "## Task: brief", times=1 + ROUNDS)
    endpoint = start_endpoint(script=holding(WHOLE.script(tmp_path), first_call))
    first = slipway("build", REQUEST, "--lineup", endpoint.lineup())
    _until(lambda: len(endpoint.faults()) == 1)
    first.kill()
    first.communicate()
    run = asyncio.run(_newest(settings))
    chance = random.Random(5)
    for number in range(ROUNDS):
        rivals = [slipway("resume", run, "--json")]
        time.sleep(chance.choice([0.0, 0.0, 0.05, 0.3]))
        rivals.append(slipway("resume", run, "--json"))
        _until(lambda rivals=rivals: any(rival.poll() is not None for rival in rivals))
        [winner] = [rival for rival in rivals if rival.poll() is None]
        [loser] = [rival for rival in rivals if rival is not winner]
        out, err = loser.communicate()
        said = rf"slipway: run '{run}' is held by process {winner.pid} on \S+, for \d+\.\d s more[^\n]*\n"
        assert (loser.returncode, out) == (1, "")
        assert re.fullmatch(said, err), err
        # The winner says that it goes on once it holds the lease; the loser may be gone before that.
        _until(lambda number=number: asyncio.run(_passages(settings, run))[0] >= number + 2)
        assert asyncio.run(_passages(settings, run)) == (number + 2, number + 2)
        _until(lambda number=number: len(endpoint.faults()) == number + 2)
        winner.kill()
        winner.communicate()
    last = slipway("resume", run, "--json")
    out, err = last.communicate(timeout=120)
    assert (last.returncode, json.loads(out.splitlines()[-1])["status"]) == (0, "delivered"), err


_READERS = {
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"list": ("LRANGE", 0, -1),
    b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", 0, -1, "WITHSCORES"),
    b"stream": ("XRANGE", "-", "+"),
}


async def _everything(settings: Settings) -> dict[bytes, tuple[Any, int]]:
    """Every key with what it holds and the moment when it expires."""
    async with open_state(settings) as redis:
        keys = [key async for key in redis.scan_iter(count=1000)]
        return {key: (await _value(redis, key), await redis.pexpiretime(key)) for key in sorted(keys)}


async def _value(redis: Redis, key: bytes) -> Any:
    verb, *rest = _READERS[await redis.type(key)]
    value = await redis.execute_command(verb, key, *rest)
    return sorted(value) if isinstance(value, set) else value


async def _held(settings: Settings, run: str) -> bool:
    async with open_state(settings) as redis:
        return bool(await redis.exists(RunKeys(run).lease))


def _files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_one_that_slept_through_its_lease_changes_nothing(
    start_endpoint: StartEndpoint, slipway: Slipway, settings: Settings, tmp_path: Path
) -> None:
    """As happens on a laptop that is closed, in a container that is paused, or on a machine that swaps."""
    endpoint, target = start_endpoint(latency=LATENCY, script=WHOLE.script(tmp_path)), tmp_path / "delivered"
    sleeper = slipway("build", REQUEST, "--lineup", endpoint.lineup(), "--into", str(target), "--json")
    _until(_asked(endpoint, "coder", 1))  # three agents are at work
    os.kill(sleeper.pid, signal.SIGSTOP)
    run = asyncio.run(_newest(settings))
    _until(lambda: not asyncio.run(_held(settings, run)))
    out, err = slipway("resume", run, "--json").communicate(timeout=120)
    assert json.loads(out.splitlines()[-1])["status"] == "delivered", err
    before, delivered = asyncio.run(_everything(settings)), _files(target)
    assert any(b":events" in key for key in before) and delivered
    os.kill(sleeper.pid, signal.SIGCONT)
    out, err = sleeper.communicate(timeout=60)
    assert asyncio.run(_everything(settings)) == before
    assert _files(target) == delivered
    assert sleeper.returncode == 1, (out[-500:], err)
    assert re.search(rf"^slipway: [^\n]*{run}[^\n]*$", err, re.MULTILINE), err
