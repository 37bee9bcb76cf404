"""Clients judge the endpoint by the bytes of OpenAI's protocol; here they are, without a client in between."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from slipway.models.scripted import Script, serving

SYSTEM = {"role": "system", "content": "# Role: coder\nWrite it."}
LEDGER = [SYSTEM, {"role": "user", "content": "## Component: ledger"}]
TOOLS = [{"type": "function", "function": {"name": "write_file", "parameters": {"type": "object"}}}]


def ask(http: httpx.Client, **fields: Any) -> httpx.Response:
    return http.post("/chat/completions", json={"model": "m1", "messages": LEDGER} | fields)


def events(response: httpx.Response) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


def tokens(value: Any) -> int:
    return -(-len(json.dumps(value, sort_keys=True, separators=(",", ":"))) // 4)


def test_the_whole_reply(http: httpx.Client, tally: Script) -> None:
    response = ask(http, tools=TOOLS)
    reply = next(rule.reply for rule in tally.rules if rule.when.contains == ("## Component: ledger",))
    body = response.json()
    call = body["choices"][0]["message"]["tool_calls"][0]
    arguments = call["function"]["arguments"]
    assert json.loads(arguments) == reply.tool_calls[0].arguments
    assert (response.status_code, body) == (
        200,
        {
            "id": body["id"],
            "object": "chat.completion",
            "created": 0,
            "model": "m1",
            "system_fingerprint": "slipway-scripted:tally",
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": reply.content,
                        "refusal": None,
                        "tool_calls": [
                            {
                                "id": call["id"],
                                "type": "function",
                                "function": {"name": "run", "arguments": arguments},
                            }
                        ],
                    },
                    "logprobs": None,
                    "finish_reason": "tool_calls",
                }
            ],
            "usage": {
                "prompt_tokens": tokens(TOOLS) + sum(map(tokens, LEDGER)),
                "completion_tokens": sum(-(-len(text) // 4) for text in (reply.content or "", "run", arguments)),
                "total_tokens": body["usage"]["prompt_tokens"] + body["usage"]["completion_tokens"],
                "prompt_tokens_details": {"cached_tokens": 0},
            },
        },
    )


def test_the_same_request_gets_the_same_bytes_whatever_was_asked_between(http: httpx.Client) -> None:
    first = ask(http).content
    other = ask(http, messages=[SYSTEM, {"role": "user", "content": "## Component: amounts"}]).json()
    assert ask(http).content == first
    assert other["id"] != json.loads(first)["id"]


@pytest.mark.parametrize("component", ["amounts", "ledger", "cli"])
def test_the_stream_says_what_the_whole_reply_says(http: httpx.Client, component: str) -> None:
    messages = [SYSTEM, {"role": "user", "content": f"## Component: {component}"}]
    whole = ask(http, messages=messages).json()
    chunks = events(ask(http, messages=messages, stream=True, stream_options={"include_usage": True}))
    assert {(chunk["id"], chunk["model"], chunk["object"]) for chunk in chunks} == {
        (whole["id"], "m1", "chat.completion.chunk")
    }
    usage = chunks.pop()
    assert (usage["choices"], usage["usage"]) == ([], whole["usage"])
    choices = [chunk["choices"][0] for chunk in chunks]
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["tool_calls"]
    deltas = [choice["delta"] for choice in choices]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == (whole["choices"][0]["message"]["content"] or "")
    pieces = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    calls = [piece | {"function": dict(piece["function"])} for piece in pieces if "id" in piece]
    for piece in pieces:
        calls[piece["index"]]["function"]["arguments"] += piece["function"]["arguments"] if "id" not in piece else ""
    assert len(pieces) > 3 * len(calls)
    assert [{key: call[key] for key in ("id", "type", "function")} for call in calls] == whole["choices"][0]["message"][
        "tool_calls"
    ]


def test_a_stream_without_the_option_has_no_usage(http: httpx.Client) -> None:
    assert all("usage" not in chunk for chunk in events(ask(http, stream=True)))


def test_cached_is_what_the_request_before_sent(talk: Callable[[str, str], Any]) -> None:
    conversation = talk("coder", "## Component: ledger")
    before = 0
    for _ in range(2):
        usage = conversation.ask().json()["usage"]
        assert usage["prompt_tokens_details"]["cached_tokens"] == before
        before = usage["prompt_tokens"]
        conversation.turn(lambda name, arguments: f"{name}: done")


def test_text_parts_and_a_developer_message_are_read(http: httpx.Client) -> None:
    parts = [{"type": "text", "text": "## Component: "}, {"type": "text", "text": "ledger"}]
    messages = [SYSTEM | {"role": "developer"}, {"role": "user", "content": parts}]
    assert ask(http, messages=messages).status_code == 200


def test_markers_quoted_by_the_system_message_do_not_count(http: httpx.Client) -> None:
    quoting = {"role": "system", "content": "# Role: architect\nYou are given `## Task: brief` or `## Task: plan`."}
    messages = [quoting, {"role": "user", "content": "## Task: plan"}]
    assert '"components"' in ask(http, messages=messages).json()["choices"][0]["message"]["content"]


def test_the_models_are_the_script(http: httpx.Client) -> None:
    assert http.get("/models").json() == {
        "object": "list",
        "data": [{"id": "tally", "object": "model", "created": 0, "owned_by": "slipway (scripted)"}],
    }


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b"{", "invalid_request", "the request's body is not JSON: "),
        (b"\xff", "invalid_request", "the request's body is not JSON: "),
        (b"[" * 100_000, "invalid_request", "the request's body is not JSON: "),
        (b"[]", "invalid_request", "the request's body must be a mapping, not []"),
        (b'{"model": "m"}', "invalid_request", "messages: is missing; add it"),
        (b'{"model": "m", "messages": []}', "invalid_request", "messages: is empty; name at least one"),
        (b'{"messages": [{"role": "user"}]}', "invalid_request", "model: is missing; add it"),
        (b'{"model": "m", "messages": [{"role": "bard"}]}', "invalid_request", "messages.0.role: must be 'system', "),
        (b'{"model": "m", "messages": [{"role": "user"}], "stream": "so"}', "invalid_request", "stream: must be true"),
        (b'{"model": "m", "messages": [{"role": "user"}], "n": 2}', "invalid_request", "n: must be 1, not 2"),
        (
            b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}',
            "invalid_request",
            "messages: the first line of the system message must name the role, as in '# Role: coder'; it is ''",
        ),
        (
            json.dumps({"model": "\ud800", "messages": [{"role": "system", "content": "# Role: \ud800"}]}).encode(),
            "invalid_request",
            "model: input should be a valid string",
        ),
        (
            json.dumps({"model": "m", "messages": [SYSTEM, {"role": "user", "content": "hello"}]}).encode(),
            "no_matching_rule",
            "script 'tally' has no reply for role 'coder' at turn 0; nearest is rules.",
        ),
    ],
)
def test_what_cannot_be_answered_is_a_400_with_the_reason(
    http: httpx.Client, body: bytes, code: str, said: str
) -> None:
    response = http.post("/chat/completions", content=body)
    error = response.json()["error"]
    assert (response.status_code, error | {"message": ""}) == (
        400,
        {"message": "", "type": "invalid_request_error", "param": None, "code": code},
    )
    assert said in error["message"]


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/responses", 404), ("GET", "/chat/completions", 405)])
def test_another_address_says_what_there_is(http: httpx.Client, method: str, path: str, status: int) -> None:
    response = http.request(method, path)
    assert (response.status_code, response.json()["error"]["message"]) == (
        status,
        f"{method} /v1{path} is not served; this endpoint has POST /v1/chat/completions and GET /v1/models",
    )


def test_the_log_has_a_line_when_asked_and_one_when_answered(tally: Script, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    log.write_text('{"event": "of an earlier endpoint"}\n')
    with serving(tally, log=log, latency=1.0) as endpoint, httpx.Client(base_url=endpoint.base_url) as http:
        usage = ask(http).json()["usage"]
        ask(http, stream=True)
        miss = ask(http, messages=[SYSTEM]).json()["error"]["message"]
        broken = http.post("/chat/completions", content=b"{").json()["error"]["message"]
        lines = [json.loads(line) for line in log.read_text().splitlines()]
    asked = {"event": "asked", "digest": digest(LEDGER), "model": "m1", "role": "coder", "turn": 0}
    missed = asked | {"digest": digest([SYSTEM]), "streamed": False}
    nothing = {"event": "asked", "digest": None, "model": None, "role": None, "turn": None, "streamed": None}
    good = {"event": "answered", "status": 200, "usage": usage, "reason": None}
    bad = {"event": "answered", "status": 400, "usage": None}
    assert lines.pop(0) == {"event": "of an earlier endpoint"}
    assert all(line.pop("at").endswith("+00:00") for line in lines)
    seconds = [line.pop("seconds") for line in lines if line["event"] == "answered"]
    assert lines == [
        asked | {"streamed": False},
        asked | {"streamed": False} | good,
        asked | {"streamed": True},
        asked | {"streamed": True} | good,
        missed,
        missed | bad | {"reason": miss},
        nothing,
        nothing | bad | {"reason": broken},
    ]
    assert min(seconds[:2]) >= 1.0 > max(seconds[2:])


def digest(messages: list[dict[str, str]]) -> str:
    canonical = json.dumps({"messages": messages, "model": "m1", "tools": None}, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def test_a_client_that_left_has_no_second_line(tally: Script, tmp_path: Path) -> None:
    """A killed run's unanswered requests are counted by these lines."""
    log = tmp_path / "requests.jsonl"
    with serving(tally, log=log, latency=3) as endpoint, httpx.Client(base_url=endpoint.base_url) as http:
        with pytest.raises(httpx.ReadTimeout):
            http.post(
                "/chat/completions", json={"model": "m1", "messages": LEDGER}, timeout=httpx.Timeout(60, read=0.1)
            )
        ask(http)
    assert [json.loads(line)["event"] for line in log.read_text().splitlines()] == ["asked", "asked", "answered"]
