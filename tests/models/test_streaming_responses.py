"""OpenAI's newest models answer with tools in another protocol, of events and items: there, too, it is the same answer.

The line-up `openai` that we ship meets it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from slipway.config import RoleConfig
from slipway.models import BrokenOff, Call, ChatModel, Reply
from slipway.models.providers import open_chat

Item = dict[str, Any]
TOOL = {"type": "function", "function": {"name": "run", "description": "d", "parameters": {"type": "object"}}}
HELLO = Call("code/a", 0, (HumanMessage("hello"),), (TOOL,))


def reasoning(text: str) -> Item:
    return {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}


def said(text: str) -> Item:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def called(number: int, arguments: str) -> Item:
    return {
        "id": f"fc_{number}", "type": "function_call", "status": "completed", "call_id": f"call_{number}",
        "name": "run", "arguments": arguments,
    }  # fmt: skip


def response(status: str, items: list[Item]) -> Item:
    usage = {
        "input_tokens": 10, "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 25, "output_tokens_details": {"reasoning_tokens": 3}, "total_tokens": 35,
    }  # fmt: skip
    return {
        "id": "resp_1", "object": "response", "created_at": 0, "status": status, "model": "gpt-x", "output": items,
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None, "usage": usage,
    }  # fmt: skip


def events(status: str, items: list[Item]) -> Iterator[Item]:
    yield {"type": "response.created", "response": response("in_progress", [])}
    for number, item in enumerate(items):
        at = {"output_index": number, "item_id": item["id"]}
        empty = {"content": []} if "content" in item else {"summary": []} if "summary" in item else {"arguments": ""}
        yield {"type": "response.output_item.added", "output_index": number, "item": {**item, **empty}}
        yield from _inside(item, at)
        yield {"type": "response.output_item.done", "output_index": number, "item": item}
    yield {"type": f"response.{status}", "response": response(status, items)}


def _inside(item: Item, at: Item) -> Iterator[Item]:
    if "content" in item:
        text = item["content"][0]["text"]
        at = {**at, "content_index": 0, "logprobs": []}
        yield from ({"type": "response.output_text.delta", **at, "delta": piece} for piece in pieces(text))
        yield {"type": "response.output_text.done", **at, "text": text}
    elif "summary" in item:
        at = {**at, "summary_index": 0}
        part = {"type": "summary_text", "text": ""}
        yield {"type": "response.reasoning_summary_part.added", **at, "part": part}
        for piece in pieces(item["summary"][0]["text"]):
            yield {"type": "response.reasoning_summary_text.delta", **at, "delta": piece}
    else:
        for piece in pieces(item["arguments"]):
            yield {"type": "response.function_call_arguments.delta", **at, "delta": piece}


def pieces(text: str) -> list[str]:
    return [text[at : at + 5] for at in range(0, len(text), 5)]


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers of one answer, whole or in events as it is asked for; `cut` makes other events of them."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: str, items: list[Item], cut: Callable[[list[Item]], list[Item]] = list) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/responses"
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.close_connection = True
                self.send_response(200)
                self.send_header("content-type", "text/event-stream" if asked.get("stream") else "application/json")
                self.end_headers()
                number = count()
                told = cut(list(events(status, items))) if asked.get("stream") else []
                for event in told:
                    data = json.dumps({**event, "sequence_number": next(number)})
                    self.wfile.write(f"event: {event['type']}\ndata: {data}\n\n".encode())
                if not told:
                    self.wfile.write(json.dumps(response(status, items)).encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


async def ask(base_url: str, stream: bool = True) -> Reply:
    config = RoleConfig(model="openai:gpt-6.1-sol", base_url=base_url, stream=stream)
    opened = open_chat(config, lambda name: None)
    try:
        return await ChatModel("coder", config, opened).ask(HELLO)
    finally:
        await opened.close()


def essence(reply: Reply) -> Item:
    message = reply.message
    return {
        "content": message.content,
        "calls": message.tool_calls,
        "usage": reply.usage.model_copy(update={"model_seconds": 0.0}),
        "next": Call("code/a", 1, (*HELLO.messages, message)).canonical("m"),
        "metadata": {key: message.response_metadata.get(key) for key in ("status", "model_name", "incomplete_details")},
    }


TEXT, CALLS = said("Let me see: 12,50 €."), [called(1, '{"command": "ls", "n": [1]}'), called(2, "{}")]


@pytest.mark.parametrize("items", [[TEXT], [reasoning("What could it be?"), TEXT, *CALLS], CALLS])
async def test_a_streamed_reply_is_the_whole_one(serve: Serve, items: list[Item]) -> None:
    url = serve("completed", items)
    assert essence(await ask(url)) == essence(await ask(url, stream=False))


async def test_an_answer_that_the_limit_cut_is_an_answer(serve: Serve) -> None:
    """And a call that it cut is no call, of whatever its arguments might have become."""
    url = serve("incomplete", [TEXT, called(1, '{"path": "a.py", "content": "x = ')])
    message, whole = (await ask(url)).message, (await ask(url, stream=False)).message
    assert message.content == whole.content and message.tool_calls == whole.tool_calls == []
    [call], [other] = message.invalid_tool_calls, whole.invalid_tool_calls
    assert {**call, "error": ""} == {**other, "error": ""}  # LangChain words the same fault in two ways


FAILED = {"error": {"code": "server_error", "message": "later"}}


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ([], "it ended without a word of its end"),
        ([{"type": "error", "code": "overloaded", "message": "later", "param": None}], "overloaded: later"),
        ([{"type": "response.failed", "response": response("failed", []) | FAILED}], "ResponseError"),
    ],
)  # fmt: skip
async def test_an_answer_that_breaks_off(serve: Serve, last: list[Item], why: str) -> None:
    with pytest.raises(BrokenOff, match=f"broke its answer off: {why}"):
        await ask(serve("completed", [TEXT, *CALLS], lambda told: told[:8] + last))
