"""A run survives a kill at any moment, and nothing that was answered is paid for twice.

This is what people lose most with other systems: work, and the money that it cost.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import BusyLoadingError, ConnectionError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from slipway.config import Settings
from slipway.state import Journal, RunStore, open_state
from slipway.state.base import Fence
from slipway.state.connections.server import bundled_program

from ..clocks import Stopwatch
from ..commands import Started, run
from .conftest import Endpoint, StartEndpoint
from .playing import CALLS, REQUEST, WHOLE, Held, Play, holding

# Seconds an answer takes: long enough to be killed in the middle of it.
LATENCY = 0.15


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Started]]:
    """Starts builds, and ends what is left of them with the test."""
    started: list[Started] = []

    def build(lineup: str, *words: str, **variables: str) -> Started:
        started.append(Started(("build", REQUEST, "--lineup", lineup, *words), {**environment, **variables}))
        return started[-1]

    yield build
    for process in started:
        process.close()


def _resume(environment: dict[str, str], *arguments: str) -> tuple[int, dict[str, object]]:
    done = run("resume", "--last", "--json", *arguments, environment=environment)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def _wait_for(condition: Callable[[], bool], process: Started | subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline, "the run never came so far"
        time.sleep(0.005)


def _kill(process: Started) -> None:
    process.kill()
    process.communicate()


def _turn(endpoint: Endpoint, role: str, turn: int) -> Callable[[], bool]:
    return lambda: any(e["event"] == "asked" and (e["role"], e["turn"]) == (role, turn) for e in endpoint.entries())


def _silent(endpoint: Endpoint, agents: int) -> Callable[[], bool]:
    return lambda: len(endpoint.faults()) >= agents


MONEY, NAMES = "## Component: money", "## Component: names"
WAVE = [Held("coder", 1, MONEY), Held("coder", 1, NAMES), Held("tester", 1, "## Task: tests")]
MOMENTS = {
    "the first call": [Held("architect", 0, "## Task: brief")],
    "a parallel wave": WAVE,
    "a tool loop, timings in the prompt": [Held("coder", 2, MONEY), Held("coder", 2, NAMES)],
    "the fixer's loop": [Held("fixer", 3, "## Findings")],
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_resumed(
    moment: str,
    start_endpoint: StartEndpoint,
    start: Callable[..., Started],
    environment: dict[str, str],
    settings: Settings,
    tmp_path: Path,
) -> None:
    held = MOMENTS[moment]
    endpoint = start_endpoint(latency=LATENCY, script=holding(WHOLE.script(tmp_path), *held))
    process = start(endpoint.lineup(), "--json")
    _wait_for(_silent(endpoint, len(held)), process)
    _kill(process)
    code, result = _resume(environment)
    assert (code, result["status"]) == (0, "delivered"), result
    twice = [digest for digest, count in endpoint.asked().items() if count > 1]
    # The calls that were in flight were asked again; the outcome owns up to each, and to one of a third agent that was
    # noted as about to be made, and was killed before it was sent, or answered too late.
    agents = 3 if held[0].role == "coder" else 1
    assert len(held) <= len(twice) <= int(str(result["asked_twice"])) <= agents
    assert max(endpoint.asked().values()) <= 2
    journaled = asyncio.run(_journaled(settings, str(result["run"])))
    assert len(journaled) == len(set(journaled)) == CALLS
    assert sum(endpoint.asked().values()) == CALLS + len(twice)


async def _journaled(settings: Settings, run: str) -> list[str]:
    async with open_state(settings) as redis:
        entries = await Journal(redis, Fence(run, 0)).entries()
    return [entry.digest for entry in entries if entry.kind == "model"]


def test_a_server_that_goes_away_parks_the_run_and_is_named(
    start_endpoint: StartEndpoint, start: Callable[..., Started], environment: dict[str, str], tmp_path: Path
) -> None:
    """An outage is no mistake of the person: the run waits, and the line says how to go on."""
    endpoint = start_endpoint(latency=0.5, script=WHOLE.script(tmp_path))  # so that much is left to be done
    place = Path(environment["SLIPWAY_RUNTIME_DIR"]) / "s"
    program = bundled_program()
    assert program
    options = ["--port", "0", "--unixsocket", str(place), "--dir", str(tmp_path), "--save", "", "--appendonly", "yes"]
    server = subprocess.Popen([program, *options, "--appendfsync", "always"], stdout=subprocess.DEVNULL)
    try:
        _until_it_answers(place)
        ours = {**environment, "SLIPWAY_REDIS_URL": f"unix://{place}"}
        process = start(endpoint.lineup(), SLIPWAY_REDIS_URL=f"unix://{place}")
        _wait_for(_turn(endpoint, "coder", 1), process)
        server.kill()
        server.wait()
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (3, ""), err
        assert re.search(r"\nslipway: Redis failed: .*: slipway resume \d{6}-\d{6}-[0-9a-f]{6}\n$", err), err
        place.unlink(missing_ok=True)
        server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        _until_it_answers(place)
        assert _resume(ours)[0] == 0
    finally:
        server.kill()
        server.wait()


def _until_it_answers(place: Path) -> None:
    deadline = time.monotonic() + 60
    with Redis(unix_socket_path=str(place), retry=Retry(NoBackoff(), 0)) as client:
        while True:
            with suppress(ConnectionError, BusyLoadingError):
                client.ping()
                return
            assert time.monotonic() < deadline, "the server never answered"
            time.sleep(0.01)


def test_ctrl_c_parks_the_run_within_two_seconds_and_leaves_nothing_running(
    start_endpoint: StartEndpoint, environment: dict[str, str], tmp_path: Path
) -> None:
    """In a fresh process, by whose environment everything is found that it started."""
    endpoint = start_endpoint(latency=LATENCY, script=holding(WHOLE.script(tmp_path), *WAVE))
    command = [sys.executable, "-m", "slipway", "build", REQUEST, "--lineup", endpoint.lineup(), "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _wait_for(_silent(endpoint, 3), process)  # three sandboxes are at work
    with Stopwatch() as took:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert took.seconds < 2
    result = json.loads(out.splitlines()[-1])
    assert (process.returncode, result["status"]) == (130, "paused"), err
    assert result["reason"] == f"interrupted; go on with: slipway resume {result['run']}"
    assert _of_this_run(environment) == []
    assert _resume(environment)[0] == 0


def test_a_run_out_of_time_parks_and_goes_on(
    start_endpoint: StartEndpoint, environment: dict[str, str], tmp_path: Path
) -> None:
    endpoint = start_endpoint(latency=LATENCY, script=WHOLE.script(tmp_path))
    done = run("build", REQUEST, "--lineup", endpoint.lineup(), "--timeout", "1", environment=environment)
    assert done.returncode == 124, done.stderr
    assert "1 s are over; go on with: slipway resume" in done.stdout
    assert _resume(environment)[0] == 0


def test_a_run_over_its_budget_parks_and_a_top_up_goes_on(
    start_endpoint: StartEndpoint, environment: dict[str, str], tmp_path: Path
) -> None:
    endpoint = start_endpoint(script=WHOLE.script(tmp_path))
    words = ("build", REQUEST, "--lineup", endpoint.lineup(), "--max-cost", "0.006", "--json")
    done = run(*words, environment=environment)
    result = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, result["status"]) == (3, "over_budget"), done.stderr
    assert result["cost_usd"] <= 0.006
    assert result["reason"].endswith(f"raise that: slipway resume {result['run']} --max-cost USD")
    # What was raised stays so: nobody has to say it again.
    for more, flag in ((("--max-cost", "1", "--max-steps", "10"), "--max-steps N"),
                       (("--max-steps", "100", "--max-seconds", "0.1"), "--max-seconds S")):  # fmt: skip
        code, result = _resume(environment, *more)
        assert (code, result["status"]) == (3, "over_budget")
        assert str(result["reason"]).endswith(f": slipway resume {result['run']} {flag}"), result["reason"]
    code, result = _resume(environment, "--max-seconds", "600")
    # Calls of its siblings may have been in flight when one agent met the limit; a refused call never was.
    twice = [digest for digest, count in endpoint.asked().items() if count > 1]
    assert (code, result["status"]) == (0, "delivered")
    assert len(twice) <= result["asked_twice"] <= 3


def test_an_ended_run_is_not_resumed(
    start_endpoint: StartEndpoint, environment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    endpoint = start_endpoint(script=Play().script(tmp_path))
    assert run("build", REQUEST, "--lineup", endpoint.lineup(), environment=environment).returncode == 0
    ended = asyncio.run(_newest(settings))
    done = run("resume", ended, environment=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"run '{ended}' has ended: delivered" in done.stderr


async def _newest(settings: Settings) -> str:
    async with open_state(settings) as redis:
        return (await RunStore(redis).newest(1))[0].id


def _of_this_run(environment: dict[str, str]) -> list[str]:
    """Processes that still carry the test's folders in their environment, and sandboxes.

    Left out are its endpoint, and what commands of the tests are forked from, which the first of them starts.
    """
    marker = f"SLIPWAY_RUNTIME_DIR={environment['SLIPWAY_RUNTIME_DIR']}".encode()
    found: list[str] = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            words, variables = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        ours = any(word in words for word in (b"scripted", b"multiprocessing.resource_tracker"))
        if marker in variables and words and not ours:
            found.append(words.replace(b"\0", b" ").decode("utf-8", "replace")[:200])
    return found
