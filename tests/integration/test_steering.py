"""A stop that stops: within two seconds, at any moment, with all that the run had started; and words that arrive.

A stop that does not stop, and an agent that goes on in the wrong direction for an hour, are what people tell of other
systems. Runs here are of a script with two components and nine calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis.asyncio import Redis

from slipway import cancel, pause, replay, steer
from slipway.config import Lineup, Settings, parse_lineup
from slipway.graphs import Passage, resuming, start
from slipway.state import EventStream, Fence, Journal, Outcome, RunStore, Steered, TooLate, is_held, open_state
from slipway.state.keys import RunKeys

from ..clocks import Stopwatch, until
from .conftest import Endpoint, StartEndpoint
from .test_resume import _of_this_run as of_this_run

SMALL = Path(__file__).with_name("small.yaml")
REQUEST = "Build two numbers, one and two."
SECONDS = 2.0
# Servers, and the three processes that hold the sandboxes of root, for as long as this one lives.
KEPT = ("valkey", "redis-server", '"""The outermost stage', "bwrap --unshare-pid --as-pid-1", 'ModuleType("keeper")')
MOMENTS = random.Random(11)

Build = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    async with open_state(settings) as redis:
        yield redis


@pytest.fixture
def build(environment: dict[str, str]) -> Iterator[Build]:
    """Starts builds in processes of their own, which end with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(endpoint: Endpoint, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "slipway", *(words or ("build", REQUEST, "--lineup", endpoint.lineup()))]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([*command, "--json"], env=environment, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def slowly(tmp_path: Path) -> str:
    """The script, with agents whose every answer stalls for some seconds when it is first asked for: it streams."""
    script = yaml.safe_load(SMALL.read_text())
    for rule in script["rules"]:
        if rule["role"] in ("coder", "tester"):
            rule["reply"]["fault"] = {"kind": "stall", "seconds": 5, "times": 1}
    file = tmp_path / "slowly.yaml"
    file.write_text(yaml.safe_dump(script))
    return str(file)


def sleeping(tmp_path: Path) -> str:
    """The script, with coders whose first command takes a minute."""
    script = yaml.safe_load(SMALL.read_text())
    for rule in script["rules"]:
        if rule["role"] == "coder" and rule["when"]["turn"] == 0:
            rule["reply"]["tool_calls"] = [{"name": "run", "arguments": {"command": "sleep 60 & sleep 60"}}]
    file = tmp_path / "sleeping.yaml"
    file.write_text(yaml.safe_dump(script))
    return str(file)


def lineup(latency: float) -> Lineup:
    return parse_lineup({"name": "t", "default": {"model": f"scripted:{SMALL}?latency={latency}"}}, source="t")


def asked(endpoint: Endpoint, role: str, count: int = 1) -> Callable[[], bool]:
    return lambda: sum(e["event"] == "asked" and e["role"] == role for e in endpoint.entries()) >= count


def answered(endpoint: Endpoint, role: str, count: int = 1) -> Callable[[], bool]:
    return lambda: sum(e["event"] == "answered" and e["role"] == role for e in endpoint.entries()) >= count


async def newest(redis: Redis) -> str:
    return (await RunStore(redis).newest(1))[0].id


def below(pid: int) -> list[str]:
    """What a process started and what that started, and still runs; what it keeps for its next run left out."""
    parents: dict[int, int] = {}
    words: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        try:
            found, stat = int(folder.name), (folder / "stat").read_text()
            words[found] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:600]
        except (OSError, ValueError):
            continue
        parents[found] = int(stat[stat.rindex(")") + 2 :].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    found_words = (words[each] for each in family - {pid})
    return [said for said in found_words if said and not any(kept in said for kept in KEPT)]


@pytest.fixture
def left() -> Callable[[], list[str]]:
    """What this process has started since the test began, and still runs; servers of other tests were there before."""
    before = Counter(below(os.getpid()))
    return lambda: list((Counter(below(os.getpid())) - before).elements())


@pytest.mark.parametrize(
    ("order", "moment"), [("pause", "a model call in flight"), ("cancel", "commands that sleep, in a parallel wave")]
)
async def test_a_run_of_another_process_is_stopped_with_all_that_it_started(
    order: str,
    moment: str,
    start_endpoint: StartEndpoint,
    build: Build,
    environment: dict[str, str],
    settings: Settings,
    redis: Redis,
    tmp_path: Path,
) -> None:
    in_flight = moment == "a model call in flight"
    script, latency = (str(SMALL), 60.0) if in_flight else (sleeping(tmp_path), 0.0)
    endpoint = start_endpoint(latency=latency, script=script)
    process = build(endpoint)
    await until(asked(endpoint, "architect") if in_flight else answered(endpoint, "coder", 2))
    if not in_flight:
        await until(lambda: sum("sleep 60" in words for words in below(process.pid)) >= 4)
    run = await newest(redis)
    with Stopwatch() as took:
        outcome = await {"cancel": cancel, "pause": pause}[order](run, settings=settings)
    assert not await is_held(redis, run)
    out, err = await asyncio.to_thread(process.communicate, timeout=60)
    status, code = {"cancel": ("cancelled", 1), "pause": ("paused", 3)}[order]
    assert (outcome.status, outcome.cause) == (status, order)
    assert outcome.reason.startswith(f"{status}, as asked")
    assert (process.returncode, json.loads(out.splitlines()[-1])["status"]) == (code, status), out + err
    assert of_this_run(environment) == []
    assert took.seconds < SECONDS


async def passage_of(passage: Passage, at: float, order: Callable[[], Any]) -> tuple[Outcome, float]:
    """Give an order after `at` seconds; how the passage ended, and how long that took from then on."""
    outcome = asyncio.create_task(passage.outcome())
    await asyncio.wait([outcome], timeout=at)
    with Stopwatch() as took:
        if not outcome.done():
            with contextlib.suppress(TooLate):
                await order()
        ended = await outcome
    return ended, took.seconds


@pytest.mark.parametrize("at", [0.0, 0.02, 0.3, *(MOMENTS.uniform(0.3, 1.8) for _ in range(3))])
async def test_cancelled_at_any_moment(
    at: float, settings: Settings, redis: Redis, left: Callable[[], list[str]]
) -> None:
    """While it opens its sandboxes, before its first step, in it, between two steps, in a wave, in the checks."""
    async with start(REQUEST, lineup=lineup(0.2), settings=settings) as passage:
        outcome, took = await passage_of(passage, at, lambda: passage.cancel("enough"))
    assert outcome.status == "cancelled" and outcome.reason == "cancelled, as asked: enough"
    assert took < SECONDS
    assert left() == []
    assert not await is_held(redis, passage.run)
    assert (await RunStore(redis).get(passage.run)).status == "cancelled"


async def test_paused_again_and_again_it_is_delivered_in_the_end(
    settings: Settings, redis: Redis, left: Callable[[], list[str]]
) -> None:
    """Each pause is acted on once, and nothing that was answered is asked again."""
    chance = random.Random(3)
    statuses: list[str] = []
    doors: Any = start(REQUEST, lineup=lineup(0.2), settings=settings)
    while True:
        async with doors as passage:
            wait = chance.uniform(0.0, 1.2) if len(statuses) < 4 else 60.0
            outcome, took = await passage_of(passage, wait, passage.pause)
        statuses.append(outcome.status)
        assert left() == []
        if outcome.status != "paused":
            break
        assert outcome.cause == "pause" and took < SECONDS
        doors = resuming(passage.run, settings=settings)
    assert statuses[:2] == ["paused"] * 2 and statuses[-1] == "delivered", (statuses, outcome.reason)
    log = settings.run_folder(passage.run) / "endpoint.jsonl"
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    digests = [entry["digest"] for entry in entries if entry["event"] == "asked"]
    assert len(digests) - len(set(digests)) <= outcome.asked_twice


async def test_a_cancel_that_comes_while_a_run_is_being_parked_is_acted_on(settings: Settings, redis: Redis) -> None:
    """Ctrl-C, and at the same time somebody else cancels: nobody else will look at that order."""
    async with start(REQUEST, lineup=lineup(5.0), settings=settings) as passage:
        async for event in passage:
            if event.kind == "stage_started":
                break
        passage.stop()
        await passage.cancel()
        assert (await passage.outcome()).status == "cancelled"


async def test_a_stopped_process_is_cancelled_from_outside_and_ends_when_it_wakes(
    start_endpoint: StartEndpoint, build: Build, environment: dict[str, str], settings: Settings, redis: Redis,
    tmp_path: Path,
) -> None:  # fmt: skip
    """A closed laptop: the run is over for everybody else; what it had started is gone as soon as it goes on."""
    endpoint = start_endpoint(script=sleeping(tmp_path))
    process = build(endpoint)
    await until(answered(endpoint, "coder", 2))
    run = await newest(redis)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        await redis.delete(RunKeys(run).lease)  # as if its ten seconds were over
        outcome = await cancel(run, settings=settings)
        assert outcome.status == "cancelled"
        events = await EventStream(redis, run).read()
    finally:
        os.kill(process.pid, signal.SIGCONT)
    _, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert (process.returncode, f"run '{run}' is no longer held by token 1" in err) == (1, True), err
    assert of_this_run(environment) == []
    assert await EventStream(redis, run).read() == events
    assert await RunStore(redis).outcome(run) == outcome


async def test_an_instruction_reaches_every_agent_once_also_through_a_kill(
    start_endpoint: StartEndpoint, build: Build, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    """What was answered with it is not asked again by the process that takes over, and a replay asks nobody."""
    endpoint = start_endpoint(script=slowly(tmp_path))
    process = build(endpoint, "build", REQUEST, "--lineup", endpoint.lineup(stream=True))
    await until(lambda: len(endpoint.faults()) == 3)
    run = await newest(redis)
    told = await steer(run, "Mind the decimals.", settings=settings)
    assert told.given and told.given.step in ("code/one", "code/two", "write_tests") and told.given.index == 1
    await until(lambda: len(endpoint.faults()) == 6)
    process.kill()
    await asyncio.to_thread(process.communicate)
    async with resuming(run, settings=settings) as passage:
        outcome = await passage.outcome()
    assert outcome.status == "delivered", outcome.reason
    twice = [digest for digest, count in endpoint.asked().items() if count > 1]
    assert len(twice) <= outcome.asked_twice <= 3
    entries = [entry for entry in await Journal(redis, Fence(run, 0)).entries() if entry.kind == "model"]
    said = {(entry.step, entry.index): entry.request.count("Mind the decimals.") for entry in entries}
    steps = ["code/one", "code/two", "write_tests"]
    assert said == {
        ("interpret", 0): 0, ("design", 0): 0,
        **{(step, 0): 0 for step in steps}, **{(step, 1): 1 for step in steps},
    }  # fmt: skip
    events = [event for _, event in await EventStream(redis, run).read()]
    assert {(event.step, event.index) for event in events if isinstance(event, Steered)} == {(s, 1) for s in steps}
    before = endpoint.asked()
    again = await replay(run, settings=settings)
    assert (again.status, again.version, endpoint.asked()) == ("delivered", outcome.version, before)
