"""Faults and latency are drawn, not rolled: a figure that another run cannot get again is worth nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.models.endpoints import Asked, Endpoint, Label, Message, RequestError, Said, ToolCall
from slipway.models.simulated import Options, PlayedCall, calls_of
from slipway.models.simulated.chance import draw
from slipway.models.simulated.straining import Strained


class Names:
    """Says under which name it was asked."""

    def reply(self, asked: Asked) -> Said:
        calls = (ToolCall(name="tell", arguments={"name": asked.model}),) if asked.tools else ()
        return Said(asked.model, calls, notes={"role": "coder", "misses": ["task", "source"]})


def asked(model: str, digest: str = "d", prompt_tokens: int = 1000) -> Asked:
    message = Message("user", "hello")
    return Asked(model, digest, True, False, (message,), (), "auto", None, prompt_tokens, 0)


def strained(**defaults: Any) -> Strained:
    return Strained(Names(), Options(**defaults))


def test_the_player_inside_is_asked_under_the_name_that_says_all() -> None:
    said = strained(suite="mine", bugs=2).reply(asked("openai/tier-b?seed=3"))
    assert said.content == str(Options(tier="tier-b", seed=3, suite="mine", bugs=2))


def test_a_wrong_name_is_a_request_that_cannot_be_answered() -> None:
    with pytest.raises(RequestError, match="there is no tier 'gpt-5'") as caught:
        strained().reply(asked("gpt-5"))
    assert caught.value.code == "unknown_model"


@given(st.integers(0, 10**6), st.text(), st.floats(0, 1))
def test_a_latency_is_within_its_jitter(seed: int, digest: str, jitter: float) -> None:
    player = strained(latency=(1, 0.001, 0), jitter=jitter)
    seconds = player.reply(asked(f"tier-a?seed={seed}", digest)).notes["simulated_seconds"]
    assert isinstance(seconds, float)
    assert 2 * (1 - jitter) - 1e-6 <= seconds <= 2 * (1 + jitter) + 1e-6
    assert seconds == player.reply(asked(f"tier-a?seed={seed}", digest)).notes["simulated_seconds"]


def test_a_latency_grows_with_what_is_read_and_written() -> None:
    name = "tier-a?latency=1,0.01,0.1&jitter=0"
    written = -(-len(str(Options(latency=(1, 0.01, 0.1), jitter=0))) // 4)
    said = strained().reply(asked(name, prompt_tokens=100))
    assert (said.notes["simulated_seconds"], said.wait) == (pytest.approx(2 + written / 10), 0)
    paced = strained().reply(asked(f"{name}&pace=0.5", prompt_tokens=100))
    assert paced.wait == pytest.approx(paced.notes["simulated_seconds"] / 2)  # type: ignore[operator]


def test_faults_come_as_often_as_is_said_and_an_attempt_is_a_new_draw() -> None:
    faults = "429:0.1,500:0.05,timeout:0.02,cut:0.05,malformed:0.05"
    drawn: Counter[str] = Counter()
    met_again = 0
    for number in range(4000):
        at = strained().reply(asked(f"tier-a?faults={faults}", str(number))).fault
        fault, again = at(1), at(2)
        assert fault == at(1)
        drawn[f"{fault.kind}{fault.status or ''}" if fault else "none"] += 1
        met_again += fault is not None and again is not None
    share = {kind: count / 4000 for kind, count in drawn.items()}
    expected = {"status429": 0.1, "status500": 0.05, "silence": 0.02, "cut": 0.05, "malformed": 0.05, "none": 0.73}
    assert share == pytest.approx(expected, abs=0.02)
    assert met_again / 4000 == pytest.approx(0.27**2, abs=0.02)


def test_other_seeds_are_other_draws() -> None:
    draws = {draw(seed, "fault", "d", 1) for seed in range(100)}
    assert len(draws) == 100
    assert 0 <= min(draws) < 0.1 and 0.9 < max(draws) < 1
    assert draw(3, "fault", "d", 1) == 0.3141881365622208  # in every version and process


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


@pytest.fixture
def client(log: Path) -> Iterator[openai.OpenAI]:
    label = Label("simulated", ("tier-a",), "a name")
    with (
        Endpoint(Strained(Names(), Options()), label, log=log) as endpoint,
        openai.OpenAI(base_url=endpoint.base_url, api_key="none", max_retries=0, timeout=30) as client,
    ):
        yield client


TOOL: Any = {"type": "function", "function": {"name": "tell", "parameters": {"type": "object"}}}


def ask(client: openai.OpenAI, model: str, text: str = "hello", **more: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)


def test_a_retried_call_gets_through_and_every_attempt_is_counted(client: openai.OpenAI, log: Path) -> None:
    model = "tier-a?faults=503:0.6"
    attempts = 0
    for number in range(10):
        for _ in range(40):
            attempts += 1
            try:
                ask(client, model, str(number))
                break
            except openai.InternalServerError:
                pass
    calls = calls_of(log)
    assert len(calls) == attempts > 15
    assert [call.answered for call in calls].count(True) == 10
    failed = next(call for call in calls if not call.answered)
    assert (failed.fault, failed.status, failed.input_tokens, failed.misses) == ("status", None, 0, ("task", "source"))


def test_a_cut_stream_and_a_malformed_call_are_met_over_the_wire(client: openai.OpenAI, log: Path) -> None:
    with pytest.raises(openai.APIConnectionError):
        for _ in ask(client, "tier-a?faults=cut:1", stream=True):
            pass
    said = ask(client, "tier-a?faults=malformed:1", tools=[TOOL])
    arguments = said.choices[0].message.tool_calls[0].function.arguments
    assert arguments.startswith('{"name": "tier-a') and not arguments.endswith("}")
    assert [(call.fault, call.status, call.answered) for call in calls_of(log)] == [
        ("cut", None, False), ("malformed", 200, False),
    ]  # fmt: skip


def test_a_pace_is_waited(client: openai.OpenAI, log: Path) -> None:
    begun = time.monotonic()
    ask(client, "tier-a?latency=10,0,0&jitter=0&pace=0.03")
    assert time.monotonic() - begun >= 0.3
    assert [call.simulated_seconds for call in calls_of(log)] == [10.0]


def test_a_logged_call_has_all_that_is_counted(client: openai.OpenAI, log: Path) -> None:
    said = ask(client, "openai/tier-c?seed=4&latency=1,0,0&jitter=0")
    with pytest.raises(openai.BadRequestError, match="there is no tier 'tier-z'"):
        ask(client, "tier-z")
    with log.open("a") as file:
        file.write('{"event": "answered", "at": "20')  # an endpoint was killed here
    call, refused = calls_of(log)
    assert call == PlayedCall(
        ended=call.ended,
        model="openai/tier-c?seed=4&latency=1,0,0&jitter=0",
        digest=call.digest,
        turn=0,
        role="coder",
        status=200,
        input_tokens=said.usage.prompt_tokens,
        output_tokens=said.usage.completion_tokens,
        seconds=call.seconds,
        simulated_seconds=1.0,
        misses=("task", "source"),
        notes={"role": "coder", "misses": ["task", "source"], "simulated_seconds": 1.0},
    )
    assert (refused.status, refused.role, refused.answered) == (400, None, False)
    assert refused.reason is not None and refused.reason.startswith("'tier-z': there is no tier")


def test_equal_requests_get_equal_bytes_whatever_was_asked_between_and_from_another_process(log: Path) -> None:
    """Replies that followed from history would make a resumed experiment another one."""
    bodies: list[bytes] = []
    for _ in range(2):
        with (
            Endpoint(Strained(Names(), Options()), Label("simulated", ("tier-a",), "")) as endpoint,
            openai.OpenAI(base_url=endpoint.base_url, api_key="none", max_retries=0) as client,
        ):
            for text in ("first", "second", "first"):
                raw = client.chat.completions.with_raw_response.create(
                    model="tier-a?seed=1", messages=[{"role": "user", "content": text}]
                )
                bodies.append(raw.content)
    assert bodies[0] == bodies[2] == bodies[3] == bodies[5] != bodies[1] == bodies[4]


def test_no_log_no_calls(tmp_path: Path) -> None:
    assert calls_of(tmp_path / "none") == []
