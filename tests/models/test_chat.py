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
from langchain_core.messages import HumanMessage, SystemMessage

from slipway.config import RoleConfig
from slipway.config.lineup import Price
from slipway.models import Call, ChatModel, ModelError, ModelRefused, ModelUnreachable, Reply
from slipway.models.providers import open_chat
from slipway.models.scripted import load_script, serving
from slipway.tools import CODING

Raw = tuple[int, str, str] | None  # status, content type, body; None closes the connection
Serve = Callable[[Raw], str]


async def ask(base_url: str, call: Call, **options: Any) -> Reply:
    config = RoleConfig(model="openai:m", base_url=base_url, **options)
    opened = open_chat(config, lambda name: None)
    try:
        return await ChatModel("coder", config, opened.chat).ask(call)
    finally:
        await opened.close()


def hello() -> Call:
    return Call("code/a", 0, (HumanMessage("hello"),))


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that give one answer to everything."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Raw) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def _handler(answer: Raw) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
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
    assert (wanted["name"], wanted["args"]["path"]) == ("write_file", "tally/amounts.py")
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


@pytest.mark.parametrize("arguments", ['{"path": ', "[1]", '"x"', "null", ""])
async def test_arguments_that_are_no_object_can_be_told_to_the_model(serve: Serve, arguments: str) -> None:
    """Small models send them often: it is one bad call, not the end of the run."""
    call = {"id": "call-1", "type": "function", "function": {"name": "run", "arguments": arguments}}
    reply = await ask(serve(reply_of({"content": None, "tool_calls": [call]})), hello())
    message = reply.message
    assert [c["id"] for c in [*message.tool_calls, *message.invalid_tool_calls]] == ["call-1"]


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
        (429, ModelUnreachable, "is not answering now (HTTP 429): Error code: 429 - told; wait until it does"),
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
    """A wrong base_url: it was reached, and resuming will not help."""
    url = serve((200, kind, body))
    found = await fault(url)
    assert isinstance(found, ModelRefused), found
    assert str(found).startswith(f"the coder's model 'openai:m' at {url} sent something that is not a reply: ")
    assert str(found).endswith("; is it an endpoint of this protocol?")


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
