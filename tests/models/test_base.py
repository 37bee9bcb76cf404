"""The journal and offline replay rest on the canonical request: equal requests, and only they, have equal text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.models import Call, digest, text_of

TOOL = {"type": "function", "function": {"name": "run", "description": "d", "parameters": {"type": "object"}}}
WANTED = {"name": "run", "args": {"command": "ls", "timeout": 5}, "id": "call-1", "type": "tool_call"}


def conversation(reply: AIMessage) -> tuple[BaseMessage, ...]:
    return (SystemMessage("# Role: coder"), HumanMessage("go"), reply, ToolMessage("a.py", tool_call_id="call-1"))


def canonical(*messages: BaseMessage, tools: tuple[dict[str, Any], ...] = ()) -> str:
    return Call("code/a", 0, messages, tools).canonical("openai:m")


def test_the_whole_form() -> None:
    """Its text names recorded answers: a change here makes every recorded run unanswered."""
    reply = AIMessage("Let me see.", tool_calls=[WANTED])
    assert json.loads(canonical(*conversation(reply), tools=(TOOL,))) == {
        "model": "openai:m",
        "messages": [
            {"type": "system", "content": "# Role: coder"},
            {"type": "human", "content": "go"},
            {"type": "ai", "content": "Let me see.", "tool_calls": [WANTED]},
            {"type": "tool", "content": "a.py", "tool_call_id": "call-1", "status": "success"},
        ],
        "tools": [TOOL],
    }


def test_what_a_provider_adds_to_its_reply_does_not_count() -> None:
    """Ids, latencies and usage differ on every repeat; the next request must not."""
    plain = AIMessage("", tool_calls=[WANTED])
    told = AIMessage(
        "", tool_calls=[WANTED], id="chatcmpl-8231", additional_kwargs={"refusal": None},
        response_metadata={"model_name": "m-2026", "latency": 0.81, "system_fingerprint": "fp", "logprobs": None},
        usage_metadata={"input_tokens": 10, "output_tokens": 5, "total_tokens": 15},
    )  # fmt: skip
    assert canonical(*conversation(plain)) == canonical(*conversation(told))


def test_neither_the_place_nor_the_order_of_keys_counts() -> None:
    """The journal keeps the place beside it."""
    messages = (HumanMessage("go"), AIMessage("", tool_calls=[{**WANTED, "args": {"a": 1, "b": 2}}]))
    other = (HumanMessage("go"), AIMessage("", tool_calls=[{**WANTED, "args": {"b": 2, "a": 1}}]))
    turned = dict(reversed(TOOL.items()))
    assert Call("code/a", 0, messages, (TOOL,)).canonical("m") == Call("fix/1", 7, other, (turned,)).canonical("m")


def test_everything_that_the_model_reads_counts() -> None:
    texts = [
        canonical(HumanMessage("go")),
        canonical(HumanMessage("go ")),
        canonical(SystemMessage("go")),
        canonical(HumanMessage("go"), HumanMessage("")),
        canonical(HumanMessage([{"type": "text", "text": "go"}])),
        canonical(HumanMessage("go"), tools=(TOOL,)),
        canonical(HumanMessage("go"), AIMessage("", tool_calls=[WANTED])),
        canonical(HumanMessage("go"), AIMessage("", tool_calls=[{**WANTED, "args": {"command": "rm"}}])),
        canonical(HumanMessage("go"), AIMessage("", tool_calls=[{**WANTED, "name": "search"}])),
        canonical(HumanMessage("go"), AIMessage("", tool_calls=[WANTED, WANTED])),
        canonical(HumanMessage("go"), ToolMessage("a", tool_call_id="1")),
        canonical(HumanMessage("go"), ToolMessage("a", tool_call_id="2")),
        canonical(HumanMessage("go"), ToolMessage("a", tool_call_id="2", status="error")),
        Call("code/a", 0, (HumanMessage("go"),)).canonical("openai:other"),
    ]
    assert len(set(texts)) == len(texts)


leaves = st.none() | st.integers() | st.text()
json_values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
arguments = st.dictionaries(st.text(), json_values, max_size=3)


@st.composite
def replies(draw: st.DrawFn) -> AIMessage:
    calls = [
        {"name": draw(st.text(min_size=1)), "args": args, "id": draw(st.text()), "type": "tool_call"}
        for args in draw(st.lists(arguments, max_size=3))
    ]
    return AIMessage(draw(st.text()), tool_calls=calls)


@settings(deadline=None)
@given(replies())
def test_a_reply_that_was_recorded_and_read_back_makes_the_same_request(reply: AIMessage) -> None:
    """Else a resumed run would ask everything after its first recorded answer again."""
    read = AIMessage.model_validate_json(reply.model_dump_json())
    assert canonical(*conversation(reply)) == canonical(*conversation(read))


@settings(deadline=None)
@given(replies(), replies())
def test_two_replies_make_two_requests(one: AIMessage, other: AIMessage) -> None:
    same = (one.content, one.tool_calls) == (other.content, other.tool_calls)
    assert (canonical(one) == canonical(other)) == same


def test_half_a_character_has_a_digest() -> None:
    """JSON can carry half a surrogate pair, and models send it."""
    assert len(digest(canonical(HumanMessage("\ud800")))) == 64


def test_the_text_of_a_message_is_what_it_says() -> None:
    blocks: list[str | dict[Any, Any]] = [
        {"type": "reasoning", "reasoning": "hm"},
        {"type": "text", "text": "It is "},
        "done.",
        {"type": "image", "url": "x"},
    ]
    assert (text_of(AIMessage(blocks)), text_of(AIMessage("plain"))) == ("It is done.", "plain")
