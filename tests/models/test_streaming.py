"""An answer that streams is the same answer, and half of one is none.

If a streamed call differed in a byte that the next request repeats, a resumed run would ask everything anew. If half an
answer passed for a whole one, half a file would be written, and delivered.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from redis.asyncio import Redis

from slipway.config import RetrySettings, RoleConfig
from slipway.config.lineup import Price
from slipway.models import (
    BrokenOff,
    Budgeted,
    Call,
    ChatModel,
    InFlight,
    Journaled,
    ModelError,
    ModelUnreachable,
    Reply,
    Retried,
)
from slipway.models.prices import worst_case
from slipway.models.providers import open_chat
from slipway.models.scripted import Script, load_script, serving
from slipway.models.streaming import whole
from slipway.state import Account, Budget, Cap, EventStream, Fence, Journal, OverBudget, RunLimits, hold
from slipway.telemetry import Collector, Tracer
from slipway.tools import CODING

HELLO = Call("code/a", 0, (SystemMessage("# Role: coder"), HumanMessage("hello")))
PRICE = Price(input=1, cached=0.1, output=5)


async def ask(base_url: str, call: Call = HELLO, *, stream: bool = True, **options: Any) -> Reply:
    config = RoleConfig(model="openai:m", base_url=base_url, stream=stream, **options)
    opened = open_chat(config, lambda name: None)
    try:
        return await ChatModel("coder", config, opened).ask(call)
    finally:
        await opened.close()


async def fault(base_url: str, **options: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await ask(base_url, **options)
    return caught.value


def essence(reply: Reply) -> dict[str, Any]:
    """All of a reply that anybody looks at; times and ids differ on every call."""
    message = reply.message
    metadata = {key: message.response_metadata.get(key) for key in ("finish_reason", "model_name")}
    return {
        "type": type(message),
        "content": message.content,
        "calls": message.tool_calls,
        "invalid": message.invalid_tool_calls,
        "tokens": message.usage_metadata,
        "usage": reply.usage.model_copy(update={"model_seconds": 0.0}),
        "next": Call("code/a", 1, (*HELLO.messages, message, ToolMessage("ok", tool_call_id="1"))).canonical("m"),
        "metadata": metadata,
    }


# --- a server of the test's own --------------------------------------------------------------------------------------


class Answering:
    """Answers with one message, whole or in pieces as it is asked; or with raw bytes and what `then` does."""

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self.finish = "stop"
        self.piece = 7
        self.usage: dict[str, Any] | None = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
        self.raw: bytes | None = None
        self.kind = "text/event-stream"
        self.then: Callable[[socket.socket], None] = lambda connection: None
        self.requests = 0
        self.url = ""

    def body(self, streamed: bool) -> bytes:
        if self.raw is not None:
            return self.raw
        if streamed:
            return b"".join(map(event, self.chunks())) + b"data: [DONE]\n\n"
        choice = {"index": 0, "finish_reason": self.finish, "message": {"role": "assistant", **self.message}}
        return json.dumps(frame("chat.completion", [choice], usage=self.usage)).encode()

    def chunks(self) -> Iterator[dict[str, Any]]:
        yield delta({"role": "assistant", "content": ""})
        for piece in self.pieces(self.message.get("content") or ""):
            yield delta({"content": piece})
        for index, call in enumerate(self.message.get("tool_calls", ())):
            arguments = call["function"]["arguments"]
            yield delta({"tool_calls": [{**call, "index": index, "function": {**call["function"], "arguments": ""}}]})
            for piece in self.pieces(arguments):
                yield delta({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
        yield delta({}, self.finish)
        yield frame("chat.completion.chunk", [], usage=self.usage)

    def pieces(self, text: str) -> list[str]:
        halves = text.encode("utf-16-le", "surrogatepass")  # as JSON splits text: a character may come in two
        size = 2 * self.piece
        return [halves[at : at + size].decode("utf-16-le", "surrogatepass") for at in range(0, len(halves), size)]


def frame(kind: str, choices: list[Any], **more: Any) -> dict[str, Any]:
    return {"id": "x", "object": kind, "created": 0, "model": "m-2026", "choices": choices, **more}


def delta(said: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    return frame("chat.completion.chunk", [{"index": 0, "delta": said, "finish_reason": finish}], **more)


def event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


@pytest.fixture(scope="module")
def running() -> Iterator[Answering]:
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answering.requests += 1
            self.close_connection = True
            self.send_response(200)
            self.send_header("content-type", answering.kind if asked.get("stream") else "application/json")
            self.end_headers()
            self.wfile.write(answering.body(bool(asked.get("stream"))))
            self.wfile.flush()
            answering.then(self.connection)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    answering.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield answering
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(running: Answering) -> Answering:
    url = running.url
    running.__init__()
    running.url = url
    return running


def called(arguments: str, name: str = "run", number: int = 1) -> dict[str, Any]:
    return {"id": f"call-{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


# --- the same answer -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("component", ["amounts", "ledger", "cli"])
async def test_a_streamed_reply_is_the_whole_one(component: str) -> None:
    """With tools and usage, of the endpoint that we ship."""
    task = f"## Component: {component}\n\nWrite this component."
    tools = tuple(tool.schema for tool in CODING)
    call = Call("code/a", 0, (SystemMessage("# Role: coder\n\nYou write."), HumanMessage(task)), tools)
    with serving(load_script("tally")) as endpoint:
        one, other = [await ask(endpoint.base_url, call, stream=stream, price=PRICE) for stream in (True, False)]
    assert essence(one) == essence(other)
    assert one.message.tool_calls and one.usage.cost_usd


CASES = {
    "text": {"content": "Let me see.\n\nIt is 12,50 €. \U0001f600" * 3},
    "a call": {"content": "hm", "tool_calls": [called('{"command": "ls", "n": [1, null, "ü\\ud83d\\ude00"]}')]},
    "calls": {"content": None, "tool_calls": [called('{"a": 1}'), called("{}", "list", 2), called("", "", 3)]},
    "a call that was cut by the limit": {"content": "", "tool_calls": [called('{"path": "a.py", "content": "x = ')]},
    "a list that was cut by the limit": {"content": "", "tool_calls": [called('{"a": [1, 2'), called('{"b": 1}')]},
    "no JSON": {"content": "", "tool_calls": [called("{'a': 1}"), called("{}", number=2)]},
    "no object": {"content": "hm", "tool_calls": [called("[1]"), called("{}", number=2)]},
    "null": {"content": "", "tool_calls": [called("null")]},
    "a huge number": {"content": "", "tool_calls": [called('{"a": ' + "1" * 5000 + "}")]},
    "too deep": {"content": "", "tool_calls": [called('{"a": ' + "[" * 3000 + "]" * 3000 + "}")]},
    "control characters": {"content": "a\0b\r\n\u2028c", "tool_calls": [called('{"a": "x\ty\nz"}')]},
    "half a character": {"content": "a\ud800b", "tool_calls": [called('{"command": "\ud800"}'), called("{\ud800")]},
    "nothing": {"content": ""},
}


@pytest.mark.parametrize("case", CASES)
async def test_whatever_is_said_is_the_same(server: Answering, case: str) -> None:
    """Above all calls that are cut by the output limit: completed by a guess, they would write half a file."""
    server.message, server.finish = CASES[case], "length" if "limit" in case else "tool_calls"
    assert essence(await ask(server.url)) == essence(await ask(server.url, stream=False))


texts = st.text(max_size=30)
values = st.recursive(st.none() | st.integers() | texts, lambda inner: st.dictionaries(texts, inner), max_leaves=4)
arguments = st.dictionaries(texts, values, max_size=3).map(lambda args: json.dumps(args, ensure_ascii=False)) | texts


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=texts, calls=st.lists(arguments, max_size=3), cut=st.integers(0, 40), piece=st.integers(1, 9))
async def test_anything_at_all_is_the_same(
    server: Answering, content: str, calls: list[str], cut: int, piece: int
) -> None:
    server.piece = piece
    made = [called(text[: len(text) - cut] if cut % 2 else text, number=n) for n, text in enumerate(calls)]
    server.message = {"content": content, "tool_calls": made}
    assert essence(await ask(server.url)) == essence(await ask(server.url, stream=False))


def test_a_long_answer_in_many_pieces_takes_no_longer_than_it_must() -> None:
    """Put together piece by piece, its arguments would be read again at each of them."""
    text = json.dumps({"content": "line\n" * 8000})
    opening = tool_call_chunk(name="write", args="", id="1", index=0)
    pieces = [tool_call_chunk(name=None, args=text[at : at + 6], id=None, index=0) for at in range(0, len(text), 6)]
    chunks = [AIMessageChunk("", tool_call_chunks=[each]) for each in [opening, *pieces]]
    started = time.process_time()
    [call] = whole(chunks).tool_calls
    assert time.process_time() - started < 5
    assert (call["name"], call["args"], call["id"]) == ("write", {"content": "line\n" * 8000}, "1")


async def test_usage_is_told_once_whatever_the_server_repeats(server: Answering) -> None:
    """Some tell the total with every piece, and the end as well; added up, a call would cost a hundred of them."""
    told = [{"prompt_tokens": 5, "completion_tokens": n, "total_tokens": 5 + n} for n in (1, 2, 3)]
    chunks = [
        delta({"role": "assistant", "content": "a"}, usage=told[0]),
        delta({"content": "b"}, "stop", usage=told[1]),
        delta({}, "stop", usage=told[2]),
    ]
    server.raw = b"".join(map(event, chunks)) + b"data: [DONE]\n\n"
    reply = await ask(server.url, price=PRICE)
    assert (reply.message.content, reply.usage.input_tokens, reply.usage.output_tokens) == ("ab", 5, 3)
    metadata = reply.message.response_metadata
    assert (metadata["finish_reason"], metadata["model_name"]) == ("stop", "m-2026")


async def test_usage_that_was_not_told_is_unknown_and_not_free(server: Answering) -> None:
    server.raw = event(delta({"role": "assistant", "content": "hi"})) + event(delta({}, "stop")) + b"data: [DONE]\n\n"
    reply = await ask(server.url, price=PRICE)
    assert (reply.message.content, reply.usage.cost_usd, reply.usage.calls) == ("hi", None, 1)


# --- a cut answer is none --------------------------------------------------------------------------------------------

BEGUN = event(delta({"role": "assistant", "content": "I will"}))


def reset(connection: socket.socket) -> None:
    time.sleep(0.05)  # what was sent is to arrive first
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


BROKEN = {
    "a clean close": (BEGUN, "it ended without a word of its end"),
    "a clean close in an event": (BEGUN + b'data: {"id": "x", "cho', "it ended without a word of its end"),
    "the last word alone": (BEGUN + b"data: [DONE]\n\n", "it ended without a word of its end"),
    "an error event": (BEGUN + event({"error": {"message": "overloaded", "code": 529}}), "overloaded"),
    "not JSON": (BEGUN + b"data: {oh\n\n", "Expecting property name"),
    "not a chunk": (BEGUN + b'data: "hello"\n\n', ""),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_an_answer_that_breaks_off(server: Answering, case: str) -> None:
    server.raw, why = BROKEN[case]
    found = await fault(server.url)
    assert type(found) is BrokenOff
    assert str(found).startswith(f"the coder's model 'openai:m' at {server.url} broke its answer off: {why}")
    assert str(found).endswith("; check the network") and "\n" not in str(found)
    assert server.requests == 1  # asking again is the business of one layer, and this is not it


async def test_a_connection_that_is_reset(server: Answering) -> None:
    server.raw, server.then = BEGUN, reset
    found = await fault(server.url)
    assert type(found) is BrokenOff and "broke its answer off: " in str(found)
    assert server.requests == 1


NEVER_BEGUN = {
    "an error event": ("text/event-stream", event({"error": {"message": "overloaded"}}), "overloaded"),
    "nothing": ("text/event-stream", b"", "No generation chunks were returned"),
    "a page": ("text/html", b"<html>Welcome to nginx!</html>", "No generation chunks were returned"),
    "a whole reply": ("application/json", b'{"id": "x", "choices": []}', "No generation chunks were returned"),
}


@pytest.mark.parametrize("case", NEVER_BEGUN)
async def test_an_answer_that_never_begins(server: Answering, case: str) -> None:
    """Clients repeat a request by themselves before its answer begins, so this is no matter of asking once more."""
    server.kind, server.raw, why = NEVER_BEGUN[case]
    found = await fault(server.url)
    assert (type(found), str(found)) == (
        ModelUnreachable,
        f"the coder's model 'openai:m' at {server.url} began no answer: {why}; "
        "does its endpoint stream in this protocol?",
    )


async def test_silence_has_a_bound(server: Answering) -> None:
    """The sign of life that some servers send is no answer."""

    def chatter(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for _ in range(600):
                time.sleep(0.05)
                connection.sendall(b": keepalive\n\n")

    server.raw, server.then = BEGUN, chatter
    started = time.monotonic()
    found = await fault(server.url, request_timeout=1.5)
    assert time.monotonic() - started < 20
    assert (type(found), str(found)) == (
        BrokenOff,
        f"the coder's model 'openai:m' at {server.url} broke its answer off: nothing came for 1.5 s; check the network",
    )


async def test_a_steady_answer_may_take_longer_than_a_silent_one(server: Answering) -> None:
    """That is what streaming is for."""

    def slowly(connection: socket.socket) -> None:
        for chunk in [delta({"content": "."})] * 6 + [delta({}, "stop")]:
            time.sleep(0.5)
            connection.sendall(event(chunk))

    server.raw, server.then = BEGUN, slowly
    reply = await ask(server.url, request_timeout=3)
    assert reply.message.content == "I will......"
    assert reply.usage.model_seconds > 3


# --- with the journal and the budget ---------------------------------------------------------------------------------


def script(**fault: Any) -> Script:
    reply = {"content": "I will do it, and that is a promise that takes more than one piece.", "fault": fault}
    return Script.model_validate({"name": "s", "request": "x", "rules": [{"role": "coder", "reply": reply}]})


def budget(state: Redis, run: str, cap: float | None = None, fence: Fence | None = None) -> Budget:
    return Budget(state, Account(run, "p"), RunLimits(run=Cap(cost_usd=cap)), fence)


async def spent(state: Redis, run: str = "r") -> float:
    return (await budget(state, run).spent()).cost_usd


async def ask_in_run(
    endpoint: str, state: Redis, run: Fence, cap: float | None = None, stream: bool = True, patience: float = 20
) -> Reply:
    """Ask as a run does, through all that stands around a model."""
    config = RoleConfig(model="openai:m", base_url=endpoint, stream=stream, price=PRICE, request_timeout=patience)
    opened = open_chat(config, lambda name: None)
    journal, tracer = Journal(state, run), Tracer(Collector().provider, run.run)
    noted = InFlight(ChatModel("coder", config, opened), journal, config.model)
    paid = Budgeted(noted, config, budget(state, run.run, cap, run))
    twice = RetrySettings(attempts=2, first_pause=0.01, longest_pause=1, seconds=60)
    retried = Retried(paid, twice, tracer, EventStream(state, run.run, run).append)
    try:
        return await Journaled(retried, journal, tracer).ask(HELLO)
    finally:
        await opened.close()


WORST = worst_case(RoleConfig(model="openai:m", price=PRICE), len(HELLO.canonical("openai:m").encode())).cost_usd


def events(log: Path) -> list[tuple[str, str | None]]:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [(line["event"], line.get("fault")) for line in lines]


async def test_journal_and_budget_cannot_tell_a_streamed_call(state: Redis) -> None:
    with serving(script(kind="stall", after=10, seconds=0.1)) as endpoint:
        found: list[Any] = []
        for run, stream in (("a", True), ("b", False)):
            async with hold(state, run=run, project="p") as fence:
                reply = await ask_in_run(endpoint.base_url, state, fence, 1.0, stream)
                [entry] = await Journal(state, fence).entries()
                took = await budget(state, run).spent()
            found.append((essence(reply), entry.model_copy(update={"reply": ""}), took))
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["cut", "end", "error", "stall"])
async def test_a_broken_answer_is_asked_for_once_more(state: Redis, tmp_path: Path, kind: str) -> None:
    """What broke off may have been charged: its worst case stays, and what the second one cost is added."""
    seconds = {"seconds": 30} if kind == "stall" else {}
    log = tmp_path / "log"
    with serving(script(kind=kind, after=10, times=1, **seconds), log=log) as endpoint:
        async with hold(state, run="r", project="p") as fence:
            reply = await ask_in_run(endpoint.base_url, state, fence, patience=1.0 if kind == "stall" else 20)
            [entry] = await Journal(state, fence).entries()
            twice = await Journal(state, fence).asked_twice()
    assert reply.message.text.startswith("I will do it") and not reply.journaled
    assert json.loads(entry.reply)["message"]["content"] == reply.message.text
    assert events(log) == [("asked", None), ("fault", kind), ("asked", None), ("answered", None)]
    assert await spent(state) == pytest.approx(WORST + (reply.usage.cost_usd or 0), abs=3e-6)
    assert twice == 0  # the same process asked, and knows that it was not answered


async def test_an_answer_that_keeps_breaking_is_not_recorded_and_in_flight(state: Redis, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(script(kind="cut", after=10, times=2), log=log) as endpoint:
        async with hold(state, run="r", project="p") as fence:
            with pytest.raises(BrokenOff, match="broke its answer off"):
                await ask_in_run(endpoint.base_url, state, fence)
            assert await Journal(state, fence).entries() == []
            assert await spent(state) == pytest.approx(2 * WORST, abs=3e-6)
        async with hold(state, run="r", project="p") as fence:
            reply = await ask_in_run(endpoint.base_url, state, fence)
            assert await Journal(state, fence).asked_twice() == 1
    assert reply.message.text.startswith("I will do it")
    assert events(log) == [*[("asked", None), ("fault", "cut")] * 2, ("asked", None), ("answered", None)]


async def test_what_cannot_be_paid_for_once_more_stays_in_flight(state: Redis) -> None:
    """It may have been answered; a later process that asks it asks it twice, and says so."""
    worst = WORST
    with serving(script(kind="cut", after=10, times=1)) as endpoint:
        async with hold(state, run="r", project="p") as fence:
            with pytest.raises(OverBudget):
                await ask_in_run(endpoint.base_url, state, fence, worst * 1.5)
        async with hold(state, run="r", project="p") as fence:
            await ask_in_run(endpoint.base_url, state, fence, worst * 2.5)
            assert await Journal(state, fence).asked_twice() == 1
