"""The client that Slipway uses must find here what it finds at a provider, streamed or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from openai import BadRequestError, DefaultAsyncHttpxClient
from pydantic import SecretStr

from slipway.models.endpoints import Endpoint
from slipway.models.scripted import Script

TOOL = {
    "type": "function",
    "function": {"name": "write_file", "description": "Write.", "parameters": {"type": "object"}},
}


@pytest.fixture
async def model(endpoint: Endpoint) -> AsyncIterator[ChatOpenAI]:
    """With a client of its own: the default one is shared by base URL, beyond the event loop that opened it."""
    async with DefaultAsyncHttpxClient() as http:
        yield ChatOpenAI(
            model="tally",
            base_url=endpoint.base_url,
            api_key=SecretStr("none"),
            stream_usage=True,
            use_responses_api=False,
            max_retries=0,
            http_async_client=http,
        )


def opening(role: str, text: str) -> list[BaseMessage]:
    return [SystemMessage(f"# Role: {role}\nYou write software."), HumanMessage(text)]


def said(message: AIMessage) -> tuple[object, ...]:
    return message.content, message.tool_calls, message.invalid_tool_calls, message.usage_metadata


@pytest.mark.parametrize(
    ("role", "text", "tools"),
    [
        ("architect", "## Task: plan", []),
        ("coder", "## Component: ledger", ["run"]),
        ("coder", "## Component: cli", ["write_file", "write_file", "write_file"]),
    ],
)
async def test_streamed_and_whole_replies_agree(model: ChatOpenAI, role: str, text: str, tools: list[str]) -> None:
    bound = model.bind_tools([TOOL])
    whole = await bound.ainvoke(opening(role, text))
    streamed: BaseMessage | None = None
    async for chunk in bound.astream(opening(role, text)):
        streamed = chunk if streamed is None else streamed + chunk
    assert isinstance(whole, AIMessage)
    assert isinstance(streamed, AIMessageChunk)
    assert said(whole) == said(streamed)
    assert [call["name"] for call in whole.tool_calls] == tools
    assert whole.usage_metadata is not None
    assert whole.response_metadata["model_name"] == "tally"


async def test_a_conversation_with_tools_runs_to_its_end(model: ChatOpenAI, tally: Script) -> None:
    messages = opening("coder", "## Component: amounts")
    cached: list[int | None] = []
    sent: list[int] = []
    for _ in range(3):
        reply = await model.ainvoke(messages)
        assert reply.usage_metadata is not None
        cached.append(reply.usage_metadata.get("input_token_details", {}).get("cache_read"))
        sent.append(reply.usage_metadata["input_tokens"])
        messages.append(reply)
        messages += [ToolMessage("done", tool_call_id=call["id"]) for call in reply.tool_calls]
    final = [rule.reply.content for rule in tally.rules if rule.when.contains == ("## Component: amounts",)][-1]
    assert messages[-1].text == final
    assert cached == [0, *sent[:2]]


async def test_parallel_agents_get_their_own_replies(model: ChatOpenAI) -> None:
    names = ["amounts", "ledger", "cli"] * 8
    replies = await asyncio.gather(*(model.ainvoke(opening("coder", f"## Component: {name}")) for name in names))
    told = {"amounts": "amount.fullmatch", "ledger": "csv.reader", "cli": "tally/__init__.py"}
    assert [told[name] in str(reply.tool_calls[0]["args"]) for name, reply in zip(names, replies, strict=True)] == [
        True for _ in names
    ]


@pytest.mark.parametrize("ask", [lambda m: m.ainvoke, lambda m: lambda messages: anext(aiter(m.astream(messages)))])
async def test_a_miss_is_an_error_with_its_reason(model: ChatOpenAI, ask: Callable[..., Callable[..., object]]) -> None:
    with pytest.raises(BadRequestError, match="fails on: contains 'test_c2_one_decimal_counts_tens_of_cents'"):
        await ask(model)(opening("fixer", "## Findings\nassert 1205 == 1250"))  # type: ignore[misc]
