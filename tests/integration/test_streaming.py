"""A run whose models stream is the run whose models do not: same files, same record, and as safe in the middle.

People stream because their gateways end silent connections. It must cost them none of the rest.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slipway.config import Settings
from slipway.state import Journal, JournalEntry, open_state
from slipway.state.base import Fence

from ..commands import Started, run
from .conftest import Endpoint, StartEndpoint
from .playing import CALLS, REQUEST, WHOLE

Outcome = dict[str, Any]


def streaming(endpoint: Endpoint, **options: Any) -> str:
    """A line-up whose every role streams from the endpoint."""
    lineup = json.loads(Path(endpoint.lineup()).read_text())
    lineup["default"] |= {"stream": True, **options}
    file = endpoint.tmp / "streaming.yaml"
    file.write_text(json.dumps(lineup))
    return str(file)


def faulty(tmp_path: Path, **fault: Any) -> Path:
    """A play, one of whose coders meets a fault in the middle of a file that it writes."""
    file = WHOLE.script(tmp_path)
    script = json.loads(file.read_text())
    [rule] = [
        rule
        for rule in script["rules"]
        if rule["role"] == "coder" and rule["when"]["turn"] == 2 and "money" in str(rule["when"])
    ]
    rule["reply"]["fault"] = {"after": 100, **fault}
    file.write_text(json.dumps(script))
    return file


@pytest.fixture
def slipway(environment: dict[str, str]) -> Callable[..., tuple[int, Outcome]]:
    def call(*arguments: str) -> tuple[int, Outcome]:
        done = run(*arguments, "--json", environment=environment)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout.splitlines()[-1])

    return call


async def _recorded(settings: Settings, run: str) -> list[JournalEntry]:
    async with open_state(settings) as redis:
        entries = await Journal(redis, Fence(run, 0)).entries()
    # In an order that does not depend on who of a wave was faster.
    return sorted((entry for entry in entries if entry.kind == "model"), key=lambda entry: (entry.step, entry.index))


def recorded(settings: Settings, outcome: Outcome) -> list[JournalEntry]:
    return asyncio.run(_recorded(settings, outcome["run"]))


def without_results(entry: JournalEntry) -> Any:
    """A request without what tools said: they measure times, which differ from run to run whatever the transport."""
    request = json.loads(entry.request)
    said = [message for message in request["messages"] if message["type"] != "tool"]
    return entry.step, entry.index, {**request, "messages": said}


def test_a_streamed_run_is_the_same_run(
    start_endpoint: StartEndpoint,
    slipway: Callable[..., tuple[int, Outcome]],
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Else an experiment would compare transports. Also where one answer was cut, once: that is no reason to park."""
    endpoint = start_endpoint(script=faulty(tmp_path, kind="cut", times=1))
    streamed, plain = [
        slipway("build", REQUEST, "--lineup", lineup)[1] for lineup in (streaming(endpoint), endpoint.lineup())
    ]
    asked = [entry["streamed"] for entry in endpoint.entries() if entry["event"] == "asked"]
    assert (endpoint.faults(), asked) == (["cut"], [True] * (CALLS + 1) + [False] * CALLS)
    same = ("status", "version", "files", "asked_twice")
    assert {name: streamed[name] for name in same} == {name: plain[name] for name in same}
    assert (streamed["status"], streamed["asked_twice"]) == ("delivered", 0)
    one, other = recorded(settings, streamed), recorded(settings, plain)
    assert list(map(without_results, one)) == list(map(without_results, other)) and len(one) == CALLS
    equal = {entry.digest for entry in one} & {entry.digest for entry in other}
    assert equal >= {entry.digest for entry in one if entry.index < 2}
    assert len(equal) >= 12


def test_killed_in_the_middle_of_a_stream_and_resumed(
    start_endpoint: StartEndpoint,
    slipway: Callable[..., tuple[int, Outcome]],
    settings: Settings,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    """Half of a file has come when the process dies: none of it is used, and what was answered is not asked again."""
    endpoint = start_endpoint(script=faulty(tmp_path, kind="stall", seconds=60, times=1))
    process = Started(("build", REQUEST, "--lineup", streaming(endpoint), "--json"), environment)
    deadline = time.monotonic() + 60
    while not endpoint.faults():
        assert process.poll() is None and time.monotonic() < deadline, "the run never came so far"
        time.sleep(0.005)
    process.close()
    answered = set(endpoint.answered())
    code, outcome = slipway("resume", "--last")
    assert (code, outcome["status"]) == (0, "delivered"), outcome
    twice = {digest for digest, count in endpoint.asked().items() if count > 1}
    [stalled] = [entry["digest"] for entry in endpoint.entries() if entry["event"] == "fault"]
    # Its two siblings of the wave may have been in flight, too; what they were answered may have come too late.
    assert stalled in twice and stalled not in answered
    assert len(twice) <= outcome["asked_twice"] <= 3
    assert max(endpoint.asked().values()) == 2
    assert len(recorded(settings, outcome)) == CALLS


def test_a_stream_that_keeps_breaking_parks_the_run(
    start_endpoint: StartEndpoint,
    slipway: Callable[..., tuple[int, Outcome]],
    settings: Settings,
    tmp_path: Path,
) -> None:
    endpoint = start_endpoint(script=faulty(tmp_path, kind="cut", times=2))
    code, parked = slipway("build", REQUEST, "--lineup", streaming(endpoint), "--set", "retries.attempts=2")
    assert (code, parked["status"]) == (3, "paused"), parked
    assert parked["reason"].startswith(
        f"the coder's model 'openai:scripted' at {endpoint.base_url} broke its answer off: "
    )
    assert parked["reason"].endswith(f"; check the network; then: slipway resume {parked['run']}")
    assert endpoint.faults() == ["cut", "cut"]
    code, outcome = slipway("resume", parked["run"])
    assert (code, outcome["status"]) == (0, "delivered"), outcome
    # It was in flight when the first process ended; so may have been calls of its siblings.
    assert 1 <= outcome["asked_twice"] <= 3
    assert len(recorded(settings, outcome)) == CALLS
