"""The boundary to a provider: what it says becomes a reply, what it does wrong becomes one clear line.

Who reads the line must know whose model it was, where it is and what to do; whether resuming helps is in its kind.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.config import RoleConfig
from slipway.config.lineup import Price
from slipway.models import Call, ChatModel, ModelBusy, ModelError, ModelRefused, ModelUnreachable, Reply
from slipway.models.providers import open_chat
from slipway.models.scripted import load_script, serving
from slipway.tools import CODING

Raw = tuple[int, str, str] | None  # status, content type, body; None closes the connection
Serve = Callable[..., str]


async def ask(base_url: str, call: Call, key: str | None = None, **options: Any) -> Reply:
    config = RoleConfig(model="openai:m", base_url=base_url, **options)
    opened = open_chat(config, lambda name: key)
    try:
        return await ChatModel("coder", config, opened).ask(call)
    finally:
        await opened.close()


def hello() -> Call:
    return Call("code/a", 0, (HumanMessage("hello"),))


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that give one answer to everything, and keep what they were sent where they are asked to."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Raw, received: list[bytes] | None = None) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, [] if received is None else received))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def _handler(answer: Raw, received: list[bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.close_connection = True
            if answer is None:
                return
            status, kind, body = answer
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body.encode())))
            self.send_header("retry-after-ms", "1")  # for the test's sake: clients wait a second otherwise
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def reply_of(message: dict[str, Any], **more: Any) -> Raw:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], **more}
    return 200, "application/json", json.dumps(body)


def error(message: str) -> str:
    return json.dumps({"error": {"message": message, "type": "t", "code": "c"}})


# --- answers ---------------------------------------------------------------------------------------------------------


async def test_a_reply_of_the_scripted_endpoint_with_tools_and_usage() -> None:
    tools = tuple(tool.schema for tool in CODING)
    task = "## Component: amounts\n\nWrite this component."
    with serving(load_script("tally")) as endpoint:
        price = Price(input=1, cached=0.1, output=5)
        call = Call("code/amounts", 0, (SystemMessage("# Role: coder\n\nYou write."), HumanMessage(task)), tools)
        reply = await ask(endpoint.base_url, call, price=price)
    [wanted] = reply.message.tool_calls
    assert (wanted["name"], wanted["args"].keys()) == ("run", {"command"})
    usage = reply.usage
    assert not reply.journaled and usage.calls == 1 and usage.input_tokens > 0 and usage.output_tokens > 0
    fresh = usage.input_tokens - usage.cached_tokens
    assert usage.cost_usd == pytest.approx((fresh + usage.cached_tokens * 0.1 + usage.output_tokens * 5) / 1e6)
    assert 0 < usage.model_seconds < 30


async def test_usage_that_was_not_told_is_unknown_and_not_free(serve: Serve) -> None:
    reply = await ask(serve(reply_of({"content": "hi"})), hello(), price=Price(input=1, cached=1, output=1))
    assert (reply.message.content, reply.usage.cost_usd, reply.usage.calls) == ("hi", None, 1)


async def test_cached_tokens_are_counted(serve: Serve) -> None:
    told = {
        "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110,
        "prompt_tokens_details": {"cached_tokens": 60},
    }  # fmt: skip
    usage = (await ask(serve(reply_of({"content": "hi"}, usage=told)), hello())).usage
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (100, 60, 10)


async def test_tokens_that_are_counted_beside_the_others_cost_something_too(serve: Serve) -> None:
    """Some endpoints count what was cached beside the prompt: the price must not be below what it is, nor zero."""
    told = {
        "prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30,
        "prompt_tokens_details": {"cached_tokens": 99_999},
    }  # fmt: skip
    price = Price(input=1, cached=0.1, output=5)
    usage = (await ask(serve(reply_of({"content": "hi"}, usage=told)), hello(), price=price)).usage
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (100_009, 99_999, 20)
    assert usage.cost_usd == pytest.approx((10 + 9_999.9 + 100) / 1e6)


async def test_an_answer_without_end_is_given_up(serve: Serve) -> None:
    """It would be read into memory before anybody looks at it."""
    found = await fault(serve(reply_of({"content": "x" * (65 << 20)})))
    assert type(found) is ModelUnreachable and "cannot be reached" in str(found)


def wanted(arguments: str, name: str = "run") -> dict[str, Any]:
    return {"id": "call-1", "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize("arguments", ['{"path": ', "{'path': 'a'}", ""])
async def test_arguments_that_are_no_json_can_be_told_to_the_model(serve: Serve, arguments: str) -> None:
    """Small models send them often: it is one bad call, not the end of the run."""
    reply = await ask(serve(reply_of({"content": None, "tool_calls": [wanted(arguments)]})), hello())
    message = reply.message
    assert [c["id"] for c in [*message.tool_calls, *message.invalid_tool_calls]] == ["call-1"]


@pytest.mark.parametrize("arguments", ["[1]", '"x"', "1", "true"])
async def test_arguments_that_are_no_object_can_be_told_to_the_model(serve: Serve, arguments: str) -> None:
    """They are valid JSON, and still no arguments; the model hears of it as one bad call of its own."""
    calls = [wanted(arguments), {**wanted("{}"), "id": "call-2"}]
    message = (await ask(serve(reply_of({"content": "hm", "tool_calls": calls})), hello())).message
    why = "the arguments are not a JSON object"
    assert message.tool_calls == []
    assert message.invalid_tool_calls == [
        {"type": "invalid_tool_call", "name": "unreadable", "args": "{}", "id": "unreadable", "error": why},
    ]


async def test_arguments_that_are_null_can_be_told_to_the_model(serve: Serve) -> None:
    message = (await ask(serve(reply_of({"content": None, "tool_calls": [wanted("null")]})), hello())).message
    assert len([*message.tool_calls, *message.invalid_tool_calls]) == 1


async def test_an_unreadable_call_and_its_answer_can_be_sent_back(serve: Serve) -> None:
    """A provider takes the next request only if each call in it has its answer."""
    first = (await ask(serve(reply_of({"content": None, "tool_calls": [wanted("[1]")]})), hello())).message
    received: list[bytes] = []
    url = serve(reply_of({"content": "ok"}), received)
    again = Call("code/a", 1, (HumanMessage("hello"), first, ToolMessage("no", tool_call_id="unreadable")))
    assert (await ask(url, again)).message.content == "ok"
    call, answer = json.loads(received[0])["messages"][1:]
    assert [c["id"] for c in call["tool_calls"]] == [answer["tool_call_id"]] == ["unreadable"]


HALF = "\ud800"


@pytest.mark.parametrize(
    ("message", "text", "arguments"),
    [
        ({"content": f"a{HALF}b"}, "a?b", []),
        ({"content": None, "tool_calls": [wanted(json.dumps({"command": HALF}))]}, "", [{"command": "?"}]),
        ({"content": None, "tool_calls": [wanted(json.dumps({HALF: [{"a": HALF}]}))]}, "", [{"?": [{"a": "?"}]}]),
        ({"content": f"grüße \U0001f600{HALF}", "tool_calls": [wanted('{"n": 1, "b": null}')]},
         "grüße \U0001f600?", [{"n": 1, "b": None}]),
    ],
)  # fmt: skip
async def test_half_a_character_ends_no_run(
    serve: Serve, message: dict[str, Any], text: str, arguments: list[dict[str, Any]]
) -> None:
    """JSON can carry half a surrogate pair, models send it, and nothing can store it: it becomes a question mark."""
    told = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    reply = await ask(serve(reply_of(message, usage=told)), hello())
    assert (reply.message.text, [call["args"] for call in reply.message.tool_calls]) == (text, arguments)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (3, 2)
    assert AIMessage.model_validate_json(reply.message.model_dump_json()) == reply.message
    assert Call("code/a", 1, (HumanMessage("hello"), reply.message)).canonical("openai:m").encode()


async def test_half_a_character_in_a_broken_call_ends_no_run(serve: Serve) -> None:
    broken = wanted('{"command": "' + HALF, name=f"ru{HALF}n")
    message = (await ask(serve(reply_of({"content": None, "tool_calls": [broken]})), hello())).message
    [call] = message.invalid_tool_calls
    assert (call["name"], call["args"], call["id"]) == ("ru?n", '{"command": "?', "call-1")
    assert message.model_dump_json()


# --- errors ----------------------------------------------------------------------------------------------------------


async def fault(base_url: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await ask(base_url, hello())
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "what"),
    [
        (400, ModelRefused, "refused the request (HTTP 400): Error code: 400 - told; see the reason"),
        (401, ModelRefused, "refused the request (HTTP 401): Error code: 401 - told; check its key"),
        (403, ModelRefused, "refused the request (HTTP 403): Error code: 403 - told; check its key"),
        (404, ModelRefused,
         "refused the request (HTTP 404): Error code: 404 - told; check the model's name and its base_url"),
        (408, ModelUnreachable, "is not answering now (HTTP 408): Error code: 408 - told; wait until it does"),
        (429, ModelBusy, "is not answering now (HTTP 429): Error code: 429 - told; wait until it does"),
        (500, ModelUnreachable, "is not answering now (HTTP 500): Error code: 500 - told; wait until it does"),
        (529, ModelUnreachable, "is not answering now (HTTP 529): Error code: 529 - told; wait until it does"),
    ],
)  # fmt: skip
async def test_an_error_status(serve: Serve, status: int, kind: type[ModelError], what: str) -> None:
    url = serve((status, "application/json", error("told")))
    found = await fault(url)
    assert (type(found), str(found)) == (kind, f"the coder's model 'openai:m' at {url} {what}")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", "hello"),
        ("text/html", "<html>Welcome to nginx!</html>"),
        ("application/json", '{"hello": "world"}'),
        ("application/json", "[]"),
        ("application/json", '{"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": []}'),
    ],
)
async def test_something_that_is_no_reply(serve: Serve, kind: str, body: str) -> None:
    """A wrong base_url, or a gateway that fails: nobody can tell these apart, so the next may be asked."""
    url = serve((200, kind, body))
    found = await fault(url)
    assert (type(found), getattr(found, "unanswered", None)) == (ModelUnreachable, False)
    assert str(found).startswith(f"the coder's model 'openai:m' at {url} sent something that is not a reply: ")
    assert str(found).endswith("; is it an endpoint of this protocol?")


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -1, "completion_tokens": 1, "total_tokens": 0},
        {"prompt_tokens": "many", "completion_tokens": 1, "total_tokens": 1},
        {"prompt_tokens": 1.5, "completion_tokens": 1, "total_tokens": 1},
        {"prompt_tokens": [1], "completion_tokens": {}, "total_tokens": 1},
        {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "prompt_tokens_details": {"cached_tokens": -5}},
        {
            "prompt_tokens": 1,
            "completion_tokens": 1,
            "total_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": "x"},
        },
        "none of your business",
    ],
)
async def test_usage_that_is_no_count_is_refused(serve: Serve, usage: object) -> None:
    """The budget adds these numbers up: a wrong one would let a run spend more than it may."""
    url = serve(reply_of({"content": "hi"}, usage=usage))
    found = await fault(url)
    assert type(found) is ModelUnreachable
    assert str(found).startswith(f"the coder's model 'openai:m' at {url} sent something that is not a reply: ")


async def test_a_key_that_the_provider_quotes_is_not_shown(serve: Serve) -> None:
    """The line goes into logs, traces and reports of faults."""
    key = "sk-proj-0123456789abcdef"
    url = serve((401, "application/json", error(f"Incorrect API key provided: {key}. Not {key}!")))
    with pytest.raises(ModelRefused) as caught:
        await ask(url, hello(), key=key, api_key_env="MY_KEY")
    assert key not in str(caught.value)
    assert str(caught.value) == (
        f"the coder's model 'openai:m' at {url} refused the request (HTTP 401): "
        "Error code: 401 - Incorrect API key provided: ***. Not ***!; check its key"
    )


async def test_a_key_is_not_shown_where_it_stands_at_the_cut(serve: Serve) -> None:
    key = "sk-proj-0123456789abcdef"
    url = serve((400, "application/json", error("x" * 270 + key)))
    with pytest.raises(ModelRefused) as caught:
        await ask(url, hello(), key=key, api_key_env="MY_KEY")
    assert key[:8] not in str(caught.value)


async def test_a_connection_that_is_closed(serve: Serve) -> None:
    url = serve(None)
    found = await fault(url)
    assert type(found) is ModelUnreachable
    assert str(found) == (
        f"the coder's model 'openai:m' at {url} cannot be reached: Connection error.; check the address and the network"
    )


async def test_a_model_that_does_not_answer_in_time() -> None:
    call = Call("code/a", 0, (SystemMessage("# Role: coder"), HumanMessage("## Component: amounts")))
    with (
        serving(load_script("tally"), latency=30) as endpoint,
        pytest.raises(ModelUnreachable, match=r"the coder's model 'openai:m' at .* cannot be reached: .*timed out"),
    ):
        await ask(endpoint.base_url, call, request_timeout=0.1)


async def test_a_request_that_no_rule_of_a_script_has() -> None:
    with serving(load_script("tally")) as endpoint, pytest.raises(ModelRefused, match=r"\(HTTP 400\): .*# Role: coder"):
        await ask(endpoint.base_url, hello())


async def test_what_a_provider_says_is_cut_to_one_line(serve: Serve) -> None:
    """It is shown on one line of a terminal, and kept with the run."""
    found = str(await fault(serve((400, "application/json", error("a\n\n b" + "x" * 5000)))))
    assert "400 - a bxxx" in found and len(found) < 500


async def test_what_a_provider_says_holds_no_escapes(serve: Serve) -> None:
    assert "\x1b" not in str(await fault(serve((400, "application/json", error("a\x1b[2Jb")))))
