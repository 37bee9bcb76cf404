"""A known secret is neither sent to a provider nor taken from one, and no wrapper outside hears of it."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.config import Secrets
from slipway.models import Call, Masked, Reply
from slipway.state import Usage

KEY = "sk-live-4711-abcdef"


async def test_what_is_asked_and_what_is_answered(answering: Any) -> None:
    said = AIMessage(
        [{"type": "text", "text": f'use "{KEY}"'}],
        tool_calls=[{"id": "1", "name": "write_file", "args": {"content": [f"K={KEY}"]}, "type": "tool_call"}],
        invalid_tool_calls=[
            {"id": "2", "name": "run", "args": f"{{{KEY}", "error": KEY, "type": "invalid_tool_call"},
        ],
        response_metadata={"finish_reason": "stop"},
    )  # fmt: skip
    inner = answering(lambda call: Reply(said, Usage(calls=1)))
    told = ToolMessage(f"cat .env: {KEY}", tool_call_id="0")
    call = Call("code/a", 0, (SystemMessage("S"), HumanMessage(f"key {KEY}"), said, told), ({"name": "t"},))
    reply = await Masked(inner, Secrets([KEY])).ask(call)
    clean = AIMessage(
        [{"type": "text", "text": 'use "***"'}],
        tool_calls=[{"id": "1", "name": "write_file", "args": {"content": ["K=***"]}, "type": "tool_call"}],
        invalid_tool_calls=[
            {"id": "2", "name": "run", "args": "{***", "error": "***", "type": "invalid_tool_call"},
        ],
        response_metadata={"finish_reason": "stop"},
    )  # fmt: skip
    masked = (SystemMessage("S"), HumanMessage("key ***"), clean, ToolMessage("cat .env: ***", tool_call_id="0"))
    assert inner.calls == [Call("code/a", 0, masked, ({"name": "t"},))]
    assert reply == Reply(clean, Usage(calls=1))


async def test_what_holds_none_is_passed_on_as_it_is(answering: Any) -> None:
    """Byte for byte: a request that was rebuilt could differ from the one on record."""
    said, asked = AIMessage("b"), HumanMessage("a")
    inner = answering(lambda call: Reply(said, Usage()))
    reply = await Masked(inner, Secrets([KEY])).ask(Call("s", 0, (asked,)))
    assert reply.message is said and inner.calls[0].messages[0] is asked
