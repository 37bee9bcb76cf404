"""A long conversation keeps its beginning from call to call, stays within its bound, and is resumed as it was."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.agents.folding import NEWEST, fold_point, folded, size


@st.composite
def conversations(draw: st.DrawFn) -> list[BaseMessage]:
    """Rounds of calls and results of every size, now and then a word of a person."""
    messages: list[BaseMessage] = [SystemMessage("S" * draw(st.integers(0, 50))), HumanMessage("T")]
    for number in range(draw(st.integers(0, 12))):
        sizes = draw(st.lists(st.integers(0, 400), min_size=1, max_size=4))
        calls = [
            {"id": f"{number}-{at}", "name": "read_file", "args": {"path": f"{at}.py"}, "type": "tool_call"}
            for at in range(len(sizes))
        ]
        messages.append(AIMessage("a" * draw(st.integers(0, 30)), tool_calls=calls))
        messages += [ToolMessage("x" * length, tool_call_id=f"{number}-{at}") for at, length in enumerate(sizes)]
        if draw(st.booleans()):
            messages.append(HumanMessage("go on"))
    return messages


def requests(messages: Sequence[BaseMessage]) -> list[int]:
    return [at for at, m in enumerate(messages) if isinstance(m, AIMessage)] + [len(messages)]


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
        assert all(a == b for a, b in kept)  # instructions, task and what was said
        results = [at for at, m in enumerate(whole) if isinstance(m, ToolMessage)]
        assert all(request[at] == whole[at] for at in results[-NEWEST:])
        if number and point == points[number - 1]:
            assert request[: len(sent[number - 1])] == sent[number - 1]  # the cached beginning is still good
        most = max([at for at in range(asked) if isinstance(whole[at], AIMessage)], default=0)
        least = min([most, *results[-NEWEST:][:1]]) if len(results) >= NEWEST else 0
        unfoldable = total(whole[least:]) + total(folded(whole, 1)[:least])
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
            results = [at for at in range(asked) if isinstance(messages[at], ToolMessage)]
            last = max(at for at in range(asked) if isinstance(messages[at], AIMessage))
            assert total(request) <= bound // 2 or point == min(last, results[-NEWEST])
        before = point


def test_a_folded_result_says_what_it_was() -> None:
    call = {"id": "1", "name": "run", "args": {"command": "pytest\n-q"}, "type": "tool_call"}
    rounds: list[BaseMessage] = [AIMessage("", tool_calls=[call]), ToolMessage("y" * 1240, tool_call_id="1")]
    sent = folded([SystemMessage("S"), HumanMessage("T"), *rounds * 6], 4000)
    assert sent[3].content == "[run pytest -q: 1,240 characters, folded; call it again if you need it]"
    assert sent[-1].content == "y" * 1240
