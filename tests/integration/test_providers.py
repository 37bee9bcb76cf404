"""The provider drill: whatever an endpoint does instead of answering, a run gets its answers elsewhere or waits.

In turn it says 429 and 500, sends garbage, nonsense and nothing, and where answers stream, breaks them off. No answered
call may be asked again: it was paid for.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway import Outcome, resume, run
from slipway.config import Lineup, Settings, load_settings, parse_lineup
from slipway.state import EventStream, ModelCalled, open_state

from .conftest import Endpoint, StartEndpoint

BRIEF = {
    "title": "greet",
    "goal": "Greet somebody.",
    "requirements": [{"id": "R1", "text": "It greets by name."}],
    "criteria": [{"id": "C1", "text": "greet('you') is 'hello you'.", "requirement": "R1"}],
}
PLAN = {
    "summary": "One function.",
    "components": [
        {"id": "greet", "purpose": "Greet.", "files": ["greet.py"], "interface": "greet(name: str) -> str"},
    ],
    "commands": {"test": "python -m pytest -q"},
    "tests": ["tests/test_greet.py"],
}  # fmt: skip
CODE = 'def greet(name: str) -> str:\n    return f"hello {name}"\n'
TEST = 'from greet import greet\n\n\ndef test_c1_greets() -> None:\n    assert greet("you") == "hello you"\n'

SILENCE = 0.7
"""Seconds after which an endpoint that never answers is given up."""
PATIENCE = 3.0
"""The same of one that answers in the end: no busy machine is silent for as long."""
PLAIN = ["429", "500", "garbage", "nonsense", "silence", "503"]
STREAMED = ["cut", "end", "error", "stall", "garbage", "silence"]


def fault(name: str, times: int | None) -> dict[str, Any]:
    kind: dict[str, Any] = {"kind": name}
    if name.isdigit():
        kind = {"kind": "status", "status": int(name)} | ({"retry_after": 0.1} if name == "429" else {})
    if name == "stall":
        kind["seconds"] = 60
    return kind | ({} if times is None else {"times": times})


def calls_of(tool: str, **arguments: str) -> dict[str, Any]:
    return {"tool_calls": [{"name": tool, "arguments": arguments}]}


def script(tmp_path: Path, faults: list[str], times: int | None) -> str:
    """A play as small as one can be: six calls, each of which meets a fault of its own so often."""
    said: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("architect", {"contains": ["## Task: brief"]}, {"content": json.dumps(BRIEF)}),
        ("architect", {"contains": ["## Task: plan"]}, {"content": json.dumps(PLAN)}),
        ("coder", {"turn": 0}, calls_of("list_files")),
        ("coder", {"turn": 1}, calls_of("write_file", path="greet.py", content=CODE)),
        ("tester", {"turn": 0}, calls_of("list_files")),
        ("tester", {"turn": 1}, calls_of("write_file", path="tests/test_greet.py", content=TEST)),
    ]
    rules = [
        {"role": role, "when": when, "reply": reply | ({"fault": fault(name, times)} if name else {})}
        for (role, when, reply), name in zip(said, faults or [""] * 6, strict=True)
    ]
    file = tmp_path / f"drill-{len(list(tmp_path.glob('drill-*')))}.yaml"
    file.write_text(yaml.safe_dump({"name": "drill", "request": "Greet somebody.", "rules": rules}))
    return str(file)


def lineup(first: Endpoint, *, stream: bool, second: Endpoint | None = None) -> Lineup:
    """Where there is a second, the first never answers."""
    price = {"input": 1, "cached": 0.1, "output": 5}
    default: dict[str, Any] = {
        "model": "openai:first", "base_url": first.base_url, "price": price, "stream": stream,
        "request_timeout": SILENCE if second else PATIENCE,
    }  # fmt: skip
    if second:
        double = {name: 2 * amount for name, amount in price.items()}
        other = {"model": "openai:second", "base_url": second.base_url, "price": double, "request_timeout": 60}
        default["fallbacks"] = [other]
    return parse_lineup({"name": "drill", "default": default}, source="drill")


@pytest.fixture
def hasty(settings: Settings) -> Settings:
    """Two attempts and short pauses, and no fault is spared by another that opened the circuit."""
    return load_settings(["retries.attempts=2", "retries.first_pause=0.05", "circuit.failures=99"])


def faults_met(endpoint: Endpoint) -> Counter[str]:
    return Counter(entry["fault"] for entry in endpoint.entries() if entry["event"] == "fault")


def kinds(names: list[str], times: int) -> Counter[str]:
    return Counter({kind: n * times for kind, n in Counter(fault(name, 1)["kind"] for name in names).items()})


async def calls(settings: Settings, outcome: Outcome) -> list[ModelCalled]:
    async with open_state(settings) as redis:
        events = [event for _, event in await EventStream(redis, outcome.run).read()]
    return [event for event in events if isinstance(event, ModelCalled)]


@pytest.mark.parametrize("names", [PLAIN, STREAMED], ids=["plain", "streamed"])
async def test_the_run_finishes_on_the_fallback(
    start_endpoint: StartEndpoint, tmp_path: Path, hasty: Settings, names: list[str]
) -> None:
    """The first endpoint never answers; the second does, at its own price, and the record says so."""
    first = start_endpoint(script=script(tmp_path, names, times=None))
    second = start_endpoint(script=script(tmp_path, [], times=None))
    outcome = await run(
        "Greet somebody.", lineup=lineup(first, stream=names is STREAMED, second=second), settings=hasty, max_cost=50
    )
    assert (outcome.status, outcome.reason) == ("delivered", "")
    usage = outcome.usage
    assert (usage.calls, usage.answered, outcome.asked_twice) == (6, {"openai:second": 6}, 0)
    fresh = usage.input_tokens - usage.cached_tokens
    cost = (2 * fresh + 0.2 * usage.cached_tokens + 10 * usage.output_tokens) / 1e6
    assert usage.cost_usd == pytest.approx(cost)
    assert usage.waiting_seconds > 2 * SILENCE  # of the one that says nothing, and the other faults
    assert [event.model for event in await calls(hasty, outcome)] == ["openai:second"] * 6
    assert {stage.role: stage.usage.answered for stage in outcome.stages if stage.role in ("coder", "tester")} == {
        "coder": {"openai:second": 2}, "tester": {"openai:second": 2},
    }  # fmt: skip
    assert not first.answered() and set(second.asked().values()) == set(second.answered().values()) == {1}
    # As often as attempts are allowed, or less, once its circuit is open.
    assert faults_met(first) <= kinds(names, 2) and sum(faults_met(first).values()) >= 5


@pytest.mark.parametrize("names", [PLAIN, STREAMED], ids=["plain", "streamed"])
async def test_without_a_fallback_it_parks_and_resumes(
    start_endpoint: StartEndpoint, tmp_path: Path, hasty: Settings, names: list[str]
) -> None:
    """Each of the six calls meets its fault as often as a passage asks; each resume goes one call further."""
    first = start_endpoint(script=script(tmp_path, names, times=2))
    outcome = await run("Greet somebody.", lineup=lineup(first, stream=names is STREAMED), settings=hasty)
    parked: list[Outcome] = []
    while outcome.status == "paused" and len(parked) < 10:
        parked.append(outcome)
        outcome = await resume(outcome.run, settings=hasty)
    assert (outcome.status, outcome.reason) == ("delivered", "")
    # The coder and the tester work at the same time, and one of them parks both.
    assert 4 <= len(parked) <= 6
    assert {(each.status, each.cause) for each in parked} == {("paused", "model")}
    assert all(each.reason.endswith(f"; then: slipway resume {outcome.run}") for each in parked)
    assert outcome.usage.answered == {"openai:first": 6}
    assert outcome.asked_twice >= len([name for name in names if name not in ("429", "503")]) - 2
    assert set(first.answered().values()) == {1} and len(first.answered()) == 6
    assert faults_met(first) >= kinds(names, 2)
    asked_after_the_answer = [
        entry["digest"]
        for index, entry in enumerate(first.entries())
        if entry["event"] == "asked"
        and any(e["event"] == "answered" and e["digest"] == entry["digest"] for e in first.entries()[:index])
    ]
    assert asked_after_the_answer == []
