"""Any player stands behind the same protocol: what a client sends arrives whole, and what is said arrives whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from openai import DefaultAsyncHttpxClient
from pydantic import BaseModel, SecretStr

from slipway.models.endpoints import Asked, Endpoint, Fault, Label, Message, PastCall, Said, Tool, ToolCall

SCHEMA = {"type": "object", "properties": {"of": {"type": "string"}}, "required": ["of"]}
TOOLS: Any = [
    {"type": "function", "function": {"name": name, "description": f"The {name}.", "parameters": SCHEMA}}
    for name in ("read", "write")
]
HISTORY: Any = [
    {"role": "developer", "content": "# Role: painter\nPaint."},
    {"role": "user", "content": [{"type": "text", "text": "a "}, {"type": "text", "text": "house"}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "read", "arguments": '{"of": '}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "blue"},
]


class Mirror:
    """Says the last message again, and calls each tool that it has."""

    def __init__(self, **more: Any) -> None:
        self.asked: list[Asked] = []
        self._more = more

    def reply(self, asked: Asked) -> Said:
        self.asked.append(asked)
        calls = tuple(ToolCall(name=tool.name, arguments={"of": tool.name}) for tool in asked.tools)
        return replace(Said(f"heard {asked.messages[-1].text}", calls), **self._more)


Serve = Callable[..., openai.OpenAI]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a player, and give a client that tries once."""
    with ExitStack() as stack:

        def serving(player: Mirror, log: Path | None = None) -> openai.OpenAI:
            endpoint = stack.enter_context(Endpoint(player, Label("mirrored", ("m1", "m2"), "a mirror"), log=log))
            client = openai.OpenAI(base_url=endpoint.base_url, api_key="none", max_retries=0, timeout=30)
            return stack.enter_context(client)

        yield serving


def ask(client: openai.OpenAI, **more: Any) -> Any:
    return client.chat.completions.create(**{"model": "m1", "messages": HISTORY, "tools": TOOLS, **more})


def test_a_player_is_asked_all_that_the_request_says(serve: Serve) -> None:
    player = Mirror()
    client = serve(player)
    ask(client, response_format={"type": "json_schema", "json_schema": {"name": "out", "schema": SCHEMA}})
    ask(client, tool_choice={"type": "function", "function": {"name": "write"}}, stream=True).close()
    first, second = player.asked
    assert first.messages == (
        Message("developer", "# Role: painter\nPaint."),
        Message("user", "a house"),
        Message("assistant", "", (PastCall("c1", "read", '{"of": '),)),
        Message("tool", "blue", tool_call_id="c1"),
    )
    assert first.tools == (Tool("read", "The read.", SCHEMA), Tool("write", "The write.", SCHEMA))
    assert (first.model, first.role, first.turn, first.tool_choice, first.response_format, first.streamed) == (
        "m1", "painter", 1, "auto", SCHEMA, False,
    )  # fmt: skip
    assert (second.tool_choice, second.response_format, second.streamed) == ("write", None, True)
    assert len({first.digest, second.digest}) == 2
    assert first.prompt_tokens > second.prompt_tokens > second.cached_tokens > 0


def test_a_request_without_role_or_tools_is_a_request_like_any(serve: Serve) -> None:
    player = Mirror()
    client = serve(player)
    said = client.chat.completions.create(model="m1", messages=[{"role": "user", "content": "hi"}])
    assert (said.choices[0].message.content, said.system_fingerprint) == ("heard hi", "slipway-mirrored:m1+m2")
    assert (player.asked[0].role, player.asked[0].tools, player.asked[0].cached_tokens) == (None, (), 0)
    assert [model.id for model in client.models.list()] == ["m1", "m2"]


def test_notes_reach_the_log_and_nobody_else(serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log"
    said = ask(serve(Mirror(notes={"misses": ["secret"]}), log))
    assert "secret" not in said.to_json()
    asked, answered = map(json.loads, log.read_text().splitlines())
    assert ("notes" in asked, answered["notes"]) == (False, {"misses": ["secret"]})


@pytest.mark.parametrize("streamed", [False, True])
def test_malformed_arguments_are_of_the_first_call_alone(serve: Serve, tmp_path: Path, streamed: bool) -> None:
    log = tmp_path / "log"
    client = serve(Mirror(fault=Fault(kind="malformed", times=1).at), log)
    heard = [_arguments(client, streamed) for _ in range(2)]
    assert heard == [['{"of": "read"', '{"of": "write"}'], ['{"of": "read"}', '{"of": "write"}']]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["event"], line.get("fault")) for line in lines] == [
        ("asked", None), ("answered", "malformed"), ("asked", None), ("answered", None),
    ]  # fmt: skip


def _arguments(client: openai.OpenAI, streamed: bool) -> list[str]:
    if not streamed:
        return [call.function.arguments for call in ask(client).choices[0].message.tool_calls]
    heard = ["", ""]
    for chunk in ask(client, stream=True):
        for call in chunk.choices[0].delta.tool_calls or ():
            heard[call.index] += call.function.arguments
    return heard


def test_where_no_tool_is_called_nothing_is_malformed(serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log"
    said = ask(serve(Mirror(fault=Fault(kind="malformed").at), log), tools=[])
    assert (said.choices[0].message.content, "malformed" in log.read_text()) == ("heard blue", False)


class Painting(BaseModel):
    of: str


async def test_structured_output_of_langchain_is_asked_for_by_its_schema(serve: Serve) -> None:
    """Frameworks ask for it in either way; a player has to be able to tell."""
    player = Mirror(content='{"of": "house"}')
    client = serve(player)
    async with DefaultAsyncHttpxClient() as http:
        chat = ChatOpenAI(
            model="m1", base_url=str(client.base_url), api_key=SecretStr("none"), max_retries=0, http_async_client=http
        )
        made = await chat.with_structured_output(Painting, method="json_schema").ainvoke([HumanMessage("paint")])
        called = await chat.with_structured_output(Painting, method="function_calling").ainvoke([HumanMessage("paint")])
    assert (made, called) == (Painting(of="house"), Painting(of="Painting"))
    by_schema, by_tool = player.asked
    assert by_schema.response_format is not None and list(by_schema.response_format["properties"]) == ["of"]
    assert (by_tool.response_format, by_tool.tool_choice, [tool.name for tool in by_tool.tools]) == (
        None, "Painting", ["Painting"],
    )  # fmt: skip
