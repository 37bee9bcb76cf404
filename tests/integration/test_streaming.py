"""A run whose models stream is the run whose models do not: same files, same record, and as safe in the middle.

People stream because their gateways end silent connections. It must cost them none of the rest.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.config import Settings
from slipway.models.scripted.script import DEMOS
from slipway.state import Journal, JournalEntry, open_state
from slipway.state.base import Fence

from .conftest import Endpoint, StartEndpoint

Outcome = dict[str, Any]


def streaming(endpoint: Endpoint, **options: Any) -> str:
    """A line-up whose every role streams from the endpoint."""
    lineup = json.loads(Path(endpoint.lineup()).read_text())
    lineup["default"] |= {"stream": True, **options}
    file = endpoint.tmp / "streaming.yaml"
    file.write_text(json.dumps(lineup))
    return str(file)


def faulty(tmp_path: Path, **fault: Any) -> str:
    """The shipped demo, one of whose coders meets a fault in the middle of a file that it writes."""
    script = yaml.safe_load((DEMOS / "tally.yaml").read_text())
    [rule] = [
        rule
        for rule in script["rules"]
        if rule["role"] == "coder" and rule["when"].get("turn") == 0 and "amounts" in str(rule["when"])
    ]
    rule["reply"]["fault"] = {"after": 200, **fault}
    file = tmp_path / "faulty.yaml"
    file.write_text(yaml.safe_dump(script))
    return str(file)


@pytest.fixture
def slipway(environment: dict[str, str]) -> Callable[..., tuple[int, Outcome]]:
    def call(*arguments: str) -> tuple[int, Outcome]:
        command = [sys.executable, "-m", "slipway", *arguments, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
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


def faults(endpoint: Endpoint) -> list[str]:
    return [entry["fault"] for entry in endpoint.entries() if entry["event"] == "fault"]


def test_a_streamed_run_is_the_same_run(
    start_endpoint: StartEndpoint,
    slipway: Callable[..., tuple[int, Outcome]],
    settings: Settings,
    tmp_path: Path,
    request_text: str,
) -> None:
    """Else an experiment would compare transports. Also where one answer was cut, once: that is no reason to park."""
    endpoint = start_endpoint(script=faulty(tmp_path, kind="cut", times=1))
    streamed, plain = [
        slipway("build", request_text, "--lineup", lineup)[1] for lineup in (streaming(endpoint), endpoint.lineup())
    ]
    asked = [entry["streamed"] for entry in endpoint.entries() if entry["event"] == "asked"]
    assert (faults(endpoint), asked) == (["cut"], [True] * 18 + [False] * 17)
    same = ("status", "version", "files", "asked_twice")
    assert {name: streamed[name] for name in same} == {name: plain[name] for name in same}
    assert (streamed["status"], streamed["asked_twice"]) == ("delivered", 0)
    one, other = recorded(settings, streamed), recorded(settings, plain)
    assert list(map(without_results, one)) == list(map(without_results, other)) and len(one) == 17
    equal = {entry.digest for entry in one} & {entry.digest for entry in other}
    assert equal >= {entry.digest for entry in one if entry.index < 2}
    assert len(equal) >= 12


def test_killed_in_the_middle_of_a_stream_and_resumed(
    start_endpoint: StartEndpoint,
    slipway: Callable[..., tuple[int, Outcome]],
    settings: Settings,
    environment: dict[str, str],
    tmp_path: Path,
    request_text: str,
) -> None:
    """Half of a file has come when the process dies: none of it is used, and what was answered is not asked again."""
    endpoint = start_endpoint(script=faulty(tmp_path, kind="stall", seconds=60, times=1))
    command = [sys.executable, "-m", "slipway", "build", request_text, "--lineup", streaming(endpoint), "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not faults(endpoint):
        assert process.poll() is None and time.monotonic() < deadline, "the run never came so far"
        time.sleep(0.005)
    process.kill()
    process.wait()
    answered = set(endpoint.answered())
    code, outcome = slipway("resume", "--last")
    assert (code, outcome["status"]) == (0, "delivered"), outcome
    twice = {digest for digest, count in endpoint.asked().items() if count > 1}
    [stalled] = [entry["digest"] for entry in endpoint.entries() if entry["event"] == "fault"]
    # Its two siblings of the wave may have been in flight, too; what they were answered may have come too late.
    assert stalled in twice and stalled not in answered
    assert len(twice) <= outcome["asked_twice"] <= 3
    assert max(endpoint.asked().values()) == 2
    assert len(recorded(settings, outcome)) == 17


def test_a_stream_that_keeps_breaking_parks_the_run(
    start_endpoint: StartEndpoint,
    slipway: Callable[..., tuple[int, Outcome]],
    settings: Settings,
    tmp_path: Path,
    request_text: str,
) -> None:
    endpoint = start_endpoint(script=faulty(tmp_path, kind="cut", times=2))
    code, parked = slipway("build", request_text, "--lineup", streaming(endpoint), "--set", "retries.attempts=2")
    assert (code, parked["status"]) == (3, "paused"), parked
    assert parked["reason"].startswith(
        f"the coder's model 'openai:scripted' at {endpoint.base_url} broke its answer off: "
    )
    assert parked["reason"].endswith(f"; check the network; then: slipway resume {parked['run']}")
    assert faults(endpoint) == ["cut", "cut"]
    code, outcome = slipway("resume", parked["run"])
    assert (code, outcome["status"]) == (0, "delivered"), outcome
    # It was in flight when the first process ended; so may have been calls of its siblings.
    assert 1 <= outcome["asked_twice"] <= 3
    assert len(recorded(settings, outcome)) == 17
