"""A long conversation keeps its beginning from call to call, stays within its bound, and is resumed as it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.agents.folding import NEWEST, fold_point, folded, size
from slipway.tools.placeholders import left_out

TEXTS = st.integers(0, 400).map(lambda length: "\u00e4\n"[: length % 3] * (length // 2))


@st.composite
def arguments(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A call of a tool that reads, or of one that writes."""
    path, kind = {"path": f"{draw(st.integers(0, 3))}.py"}, draw(st.integers(0, 3))
    if kind == 0:
        return "write_file", {**path, "content": draw(TEXTS)}
    if kind == 1:
        return "edit_file", {**path, "old": draw(TEXTS), "new": draw(TEXTS)}
    if kind == 2:
        return "edit_file", {**path, "edits": [{"old": draw(TEXTS), "new": draw(TEXTS)}]}
    return "read_file", path


@st.composite
def conversations(draw: st.DrawFn) -> list[BaseMessage]:
    """Rounds of calls and results of every size, some as blocks of the content too, now and then a word of a person."""
    messages: list[BaseMessage] = [SystemMessage("S" * draw(st.integers(0, 50))), HumanMessage("T")]
    for number in range(draw(st.integers(0, 12))):
        sizes = draw(st.lists(st.integers(0, 400), min_size=1, max_size=4))
        wanted = [(f"{number}-{at}", *draw(arguments())) for at in range(len(sizes))]
        calls = [{"id": id_, "name": name, "args": args, "type": "tool_call"} for id_, name, args in wanted]
        blocks: list[Any] = [{"type": "tool_use", "id": id_, "name": name, "input": args} for id_, name, args in wanted]
        broken = [{"id": f"{number}-x", "name": "write_file", "args": draw(TEXTS), "error": None}]
        messages.append(
            AIMessage(
                draw(st.sampled_from(["", "a" * 30, blocks])), tool_calls=calls,
                invalid_tool_calls=broken * draw(st.booleans()),
            )
        )  # fmt: skip
        messages += [ToolMessage("x" * length, tool_call_id=f"{number}-{at}") for at, length in enumerate(sizes)]
        if draw(st.booleans()):
            messages.append(HumanMessage("go on"))
    return messages


def requests(messages: Sequence[BaseMessage]) -> list[int]:
    return [at for at, m in enumerate(messages) if isinstance(m, AIMessage)] + [len(messages)]


def least(messages: Sequence[BaseMessage]) -> int:
    """Where the rounds begin that hold the newest results."""
    results = [at for at, m in enumerate(messages) if isinstance(m, ToolMessage)]
    asked = [at for at, m in enumerate(messages) if isinstance(m, AIMessage)]
    return max([at for at in asked if at < results[-NEWEST]]) if len(results) >= NEWEST else 0


def said(message: BaseMessage) -> Any:
    """A message without the texts that its calls write: their places in it stay."""

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: each if key in ("path", "id", "name", "type") else shape(each) for key, each in value.items()}
        return [shape(each) for each in value] if isinstance(value, list) else type(value)

    if not isinstance(message, AIMessage):
        return message
    calls, broken = [[shape(each) for each in calls] for calls in (message.tool_calls, message.invalid_tool_calls)]
    return (shape(message.content) if isinstance(message.content, list) else message.content), calls, broken


def total(messages: Sequence[BaseMessage]) -> int:
    return sum(map(size, messages))


@given(conversations(), st.integers(200, 4000))
def test_every_request_of_a_conversation(messages: list[BaseMessage], bound: int) -> None:
    sent = [folded(messages[:asked], bound) for asked in requests(messages)]
    points = [fold_point(messages[:asked], bound) for asked in requests(messages)]
    for number, (request, point, asked) in enumerate(zip(sent, points, requests(messages), strict=True)):
        whole = messages[:asked]
        assert request == folded(list(whole), bound)  # a function of the conversation and of nothing else
        assert [type(m) for m in request] == [type(m) for m in whole]
        kept = [(a, b) for a, b in zip(request, whole, strict=True) if not isinstance(b, ToolMessage)]
        assert all(said(a) == said(b) for a, b in kept)  # instructions, task, what was said, which calls were made
        assert list(request[least(whole) :]) == whole[least(whole) :]
        if number and point == points[number - 1]:
            assert request[: len(sent[number - 1])] == sent[number - 1]  # the cached beginning is still good
        unfoldable = total(whole[least(whole) :]) + total(folded(whole, 1)[: least(whole)])
        assert total(request) <= max(bound, unfoldable)


@given(conversations(), st.integers(200, 4000))
def test_it_folds_rarely_and_then_much(messages: list[BaseMessage], bound: int) -> None:
    """Folding a little with every call would spoil the cache with every call."""
    before = 0
    for asked in requests(messages):
        point = fold_point(messages[:asked], bound)
        assert point >= before
        if point > before:
            request = folded(messages[:asked], bound)
            assert total(request) <= bound // 2 or point == least(messages[:asked])
        before = point


def test_a_folded_result_says_what_it_was() -> None:
    call = {"id": "1", "name": "run", "args": {"command": "pytest\n-q"}, "type": "tool_call"}
    rounds: list[BaseMessage] = [AIMessage("", tool_calls=[call]), ToolMessage("y" * 1240, tool_call_id="1")]
    sent = folded([SystemMessage("S"), HumanMessage("T"), *rounds * 6], 4000)
    assert sent[3].content == "[run pytest -q: 1,240 characters, folded; call it again if you need it]"
    assert sent[-1].content == "y" * 1240


def test_what_was_written_becomes_a_note_wherever_a_client_keeps_it() -> None:
    """The arguments stay JSON under the same keys; who writes the note itself is refused."""
    text = "x = 1\n" * 2000
    note = "[previous content omitted: 12,000 characters]"
    args = {"path": "a.py", "edits": [{"old": "y", "new": text}]}
    written = AIMessage(
        [
            {"type": "text", "text": "I write it."},
            {"type": "tool_use", "id": "1", "name": "edit_file", "input": args, "partial_json": json.dumps(args)},
            {"type": "function_call", "call_id": "1", "id": "fc_1", "arguments": json.dumps(args)},
            {"type": "tool_use", "id": "3", "name": "run", "input": {"command": "make"}},
        ],
        tool_calls=[
            {"id": "1", "name": "edit_file", "args": args, "type": "tool_call"},
            {"id": "3", "name": "run", "args": {"command": "make"}, "type": "tool_call"},
        ],
        invalid_tool_calls=[
            {
                "id": "2",
                "name": "write_file",
                "args": f'{{"path": "a.py", "content": "{text}',
                "error": None,
                "type": "invalid_tool_call",
            }
        ],
    )
    results: list[BaseMessage] = [ToolMessage("ok", tool_call_id=each) for each in ("1", "3", "2")]
    later: list[BaseMessage] = []
    for number in range(4):
        read = {"id": f"r{number}", "name": "read_file", "args": {"path": "a.py"}, "type": "tool_call"}
        later += [AIMessage("", tool_calls=[read]), ToolMessage("z", tool_call_id=f"r{number}")]
    sent = folded([SystemMessage("S"), HumanMessage("T"), written, *results, *later], 4000)
    short = {"path": "a.py", "edits": [{"old": "y", "new": note}]}
    dense = json.dumps(short, separators=(",", ":"))
    message = sent[2]
    assert isinstance(message, AIMessage)
    assert message.content == [
        {"type": "text", "text": "I write it."},
        {"type": "tool_use", "id": "1", "name": "edit_file", "input": short, "partial_json": dense},
        {"type": "function_call", "call_id": "1", "id": "fc_1", "arguments": dense},
        {"type": "tool_use", "id": "3", "name": "run", "input": {"command": "make"}},
    ]
    assert [call["args"] for call in message.tool_calls] == [short, {"command": "make"}]
    assert [call["args"] for call in message.invalid_tool_calls] == [
        '{"arguments":"[previous content omitted: 12,029 characters]"}'
    ]
    assert sent[3:] == (*results, *later)
    assert left_out(note) == (1, note)
