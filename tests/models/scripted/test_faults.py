"""A stream that goes wrong on purpose, and where it was told to: what others prove with it depends on that."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from slipway.models.endpoints import Endpoint
from slipway.models.scripted import ScriptError, load_script, serving

TEXT = "".join(chr(ord("a") + n % 26) for n in range(200))
ARGUMENTS = {"path": "x" * 100}
ASKED = {"model": "m1", "messages": [{"role": "system", "content": "# Role: coder"}], "stream": True}
IMPATIENT = httpx.Timeout(60, read=0.2)


def script(folder: Path, fault: str, reply: dict[str, Any] | None = None) -> Path:
    path = folder / "faulty.yaml"
    said = json.dumps(reply or {"content": TEXT})[1:-1]
    path.write_text(f"name: faulty\nrequest: x\nrules:\n- role: coder\n  reply: {{ {said}, fault: {fault} }}\n")
    return path


def stream(endpoint: Endpoint) -> tuple[list[Any], str]:
    """The events that came, and how it ended."""
    came: list[Any] = []
    try:
        with httpx.stream("POST", f"{endpoint.base_url}/chat/completions", json=ASKED, timeout=60) as response:
            for line in response.iter_lines():
                if line:
                    came.append(line.removeprefix("data: "))
    except httpx.RemoteProtocolError:
        return came, "cut"
    return came, "ended"


def text(events: list[Any]) -> str:
    chunks = [json.loads(event) for event in events if event != "[DONE]"]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk.get("choices", ())]
    calls = [call["function"]["arguments"] for delta in deltas for call in delta.get("tool_calls", ())]
    return "".join([delta.get("content", "") for delta in deltas] + calls)


def lines(log: Path) -> list[tuple[str, str | None]]:
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    return [(entry["event"], entry.get("fault")) for entry in entries]


@pytest.mark.parametrize(("after", "sent"), [(0, None), (1, 48), (48, 48), (49, 96), (10_000, 200)])
def test_where_a_stream_is_cut(tmp_path: Path, after: int, sent: int | None) -> None:
    """In whole pieces, and never behind the end of the reply."""
    log = tmp_path / "log"
    with serving(load_script(script(tmp_path, f"{{ kind: cut, after: {after} }}")), log=log) as endpoint:
        came, how = stream(endpoint)
    assert (text(came), how, len(came) > 0) == (TEXT[: sent or 0], "cut", sent is not None)
    assert lines(log) == [("asked", None), ("fault", "cut")]


def test_a_call_is_cut_in_its_arguments(tmp_path: Path) -> None:
    reply = {"tool_calls": [{"name": "write_file", "arguments": ARGUMENTS}]}
    with serving(load_script(script(tmp_path, "{ kind: cut, after: 20 }", reply))) as endpoint:
        came, how = stream(endpoint)
    assert (text(came), how) == (json.dumps(ARGUMENTS)[:48], "cut")


def test_an_end_in_good_order_and_an_error(tmp_path: Path) -> None:
    with serving(load_script(script(tmp_path, "{ kind: end, after: 1 }"))) as endpoint:
        came, how = stream(endpoint)
    assert (text(came), how, len(came)) == (TEXT[:48], "ended", 2)
    with serving(load_script(script(tmp_path, "{ kind: error, after: 1 }"))) as endpoint:
        came, how = stream(endpoint)
    assert (text(came[:-1]), how, json.loads(came[-1])["error"]["message"]) == (
        TEXT[:48],
        "ended",
        "the scripted endpoint broke off",
    )


def test_a_stall_ends_and_the_reply_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(load_script(script(tmp_path, "{ kind: stall, after: 1, seconds: 0.2 }")), log=log) as endpoint:
        started = time.monotonic()
        came, how = stream(endpoint)
    assert (text(came), how, came[-1]) == (TEXT, "ended", "[DONE]")
    assert time.monotonic() - started >= 0.2
    assert lines(log) == [("asked", None), ("fault", "stall"), ("answered", None)]


def test_a_stall_keeps_nobody_from_stopping(tmp_path: Path) -> None:
    fault = "{ kind: stall, after: 1, seconds: 60 }"
    started = time.monotonic()
    with (
        serving(load_script(script(tmp_path, fault))) as endpoint,
        httpx.stream("POST", f"{endpoint.base_url}/chat/completions", json=ASKED) as response,
    ):
        next(response.iter_lines())
    assert time.monotonic() - started < 30


def test_a_request_meets_its_fault_so_often_and_no_more(tmp_path: Path) -> None:
    """Each request of its own: another one that the same rule answers has met none."""
    with serving(load_script(script(tmp_path, "{ kind: cut, after: 1, times: 2 }"))) as endpoint:
        ends = [stream(endpoint)[1] for _ in range(4)]
        other = {**ASKED, "model": "m2"}
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{endpoint.base_url}/chat/completions", json=other)
    assert ends == ["cut", "cut", "ended", "ended"]


def test_a_reply_that_does_not_stream_is_whole(tmp_path: Path) -> None:
    with serving(load_script(script(tmp_path, "{ kind: cut, after: 1, times: 1 }"))) as endpoint:
        whole = httpx.post(f"{endpoint.base_url}/chat/completions", json={**ASKED, "stream": False}).json()
        assert whole["choices"][0]["message"]["content"] == TEXT
        assert stream(endpoint)[1] == "cut"


def post(endpoint: Endpoint, *, stream: bool) -> httpx.Response:
    return httpx.post(f"{endpoint.base_url}/chat/completions", json={**ASKED, "stream": stream}, timeout=60)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("fault", "status", "header", "body"),
    [
        ("{ kind: status, status: 429, retry_after: 2, times: 1 }", 429, "2", b'"code": "scripted"'),
        ("{ kind: status, status: 429, retry_after: 0.5, times: 1 }", 429, "0.5", b'"code": "scripted"'),
        ("{ kind: status, status: 500, times: 1 }", 500, None, b'"type": "server_error"'),
        ("{ kind: status, status: 503, times: 1 }", 503, None, b'"type": "server_error"'),
        ("{ kind: garbage, times: 1 }", 200, None, b"\x00\xff<html>"),
        ("{ kind: nonsense, times: 1 }", 200, None, b'{"object": "nonsense"}'),
    ],
)
def test_a_whole_answer_goes_wrong_streamed_or_not(
    tmp_path: Path, fault: str, status: int, header: str | None, body: bytes, streamed: bool
) -> None:
    log = tmp_path / "log"
    with serving(load_script(script(tmp_path, fault)), log=log) as endpoint:
        wrong, right = post(endpoint, stream=streamed), post(endpoint, stream=streamed)
    assert (wrong.status_code, wrong.headers.get("retry-after"), body in wrong.content) == (status, header, True)
    assert right.status_code == 200 and right.headers.get("retry-after") is None
    kind = fault.split()[2].strip(",")
    assert lines(log) == [("asked", None), ("fault", kind), ("asked", None), ("answered", None)]


@pytest.mark.parametrize("streamed", [False, True])
def test_silence_lasts_until_the_client_leaves(tmp_path: Path, streamed: bool) -> None:
    log = tmp_path / "log"
    with serving(load_script(script(tmp_path, "{ kind: silence, times: 1 }")), log=log) as endpoint:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{endpoint.base_url}/chat/completions", json={**ASKED, "stream": streamed}, timeout=IMPATIENT)
        assert post(endpoint, stream=streamed).status_code == 200
    assert lines(log) == [("asked", None), ("fault", "silence"), ("asked", None), ("answered", None)]


def test_silence_keeps_nobody_from_stopping(tmp_path: Path) -> None:
    begun = time.monotonic()
    with (
        serving(load_script(script(tmp_path, "{ kind: silence }"))) as endpoint,
        pytest.raises(httpx.ReadTimeout),
    ):
        httpx.post(f"{endpoint.base_url}/chat/completions", json=ASKED, timeout=IMPATIENT)
    assert time.monotonic() - begun < 30


def test_nothing_is_said_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It is what was asked for, and no fault of the server's."""
    with serving(load_script(script(tmp_path, "{ kind: cut, after: 1 }"))) as endpoint:
        for _ in range(5):
            stream(endpoint)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{ kind: explode }", "rules.0.reply.fault.kind: Input should be 'cut', 'end', 'error', 'stall', 'status', "),
        ("{ kind: status }", "rules.0.reply.fault: Value error, a `status` names its `status`"),
        ("{ kind: cut, status: 500 }", "rules.0.reply.fault: Value error, a `status` names its `status`"),
        ("{ kind: cut, retry_after: 1 }", "rules.0.reply.fault: Value error, a `status` names its `status`"),
        ("{ kind: status, status: 200 }", "rules.0.reply.fault.status: Input should be greater than or equal to 400"),
        ("{ kind: garbage, after: 1 }", "rules.0.reply.fault: Value error, `after` is of a stream"),
        ("{ kind: stall }", "rules.0.reply.fault: Value error, `seconds` say how long a `stall` lasts"),
        ("{ kind: cut, seconds: 1 }", "rules.0.reply.fault: Value error, `seconds` say how long a `stall` lasts"),
        ("{ kind: stall, seconds: .inf }", "rules.0.reply.fault.seconds: Input should be a finite number"),
        ("{ kind: cut, after: -1 }", "rules.0.reply.fault.after: Input should be greater than or equal to 0"),
        ("{ kind: cut, times: 0 }", "rules.0.reply.fault.times: Input should be greater than 0"),
    ],
)
def test_a_slip_in_a_fault_is_named(tmp_path: Path, fault: str, said: str) -> None:
    with pytest.raises(ScriptError) as caught:
        load_script(script(tmp_path, fault))
    assert said in str(caught.value)
