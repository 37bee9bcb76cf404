"""How a conversation stays within what its model can take: the oldest results of tools become a line each.

It is a pure function of the conversation, or a resumed step would make other requests than those on record. It folds
rarely and then much, down to half of the bound: in between every request begins with the whole one before, which is
what providers' caches ask for. The instructions, the task, what the agent said and the newest results are never folded.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from .naming import named

BOUND = 240_000
"""Bytes of a request's messages, where a desk names no other bound: about 60,000 tokens of code."""
NEWEST = 4
"""Results that are never folded, besides all those of the last message."""


def folded(messages: Sequence[BaseMessage], bound: int = BOUND) -> tuple[BaseMessage, ...]:
    """What is sent of `messages`; more than `bound` bytes only where what cannot be folded alone is more."""
    point = fold_point(messages, bound)
    return (*_short(messages)[:point], *messages[point:])


def fold_point(messages: Sequence[BaseMessage], bound: int = BOUND) -> int:
    """Results before this place in `messages` are folded when they are next sent."""
    whole = list(accumulate(map(size, messages), initial=0))
    short = list(accumulate(map(size, _short(messages)), initial=0))
    point = 0
    for asked in _requests(messages):
        if short[point] + whole[asked] - whole[point] > bound:
            # Folding one message more never makes the request longer: the first that is short enough is searched for.
            most = max(point, _newest(messages, asked))
            sizes = [-(short[at] + whole[asked] - whole[at]) for at in range(most + 1)]
            point = max(point, min(most, bisect_left(sizes, -(bound // 2))))
    return point


def size(message: BaseMessage) -> int:
    """Bytes of a message, as far as it grows with what is in it."""
    calls = [message.tool_calls, message.invalid_tool_calls] if isinstance(message, AIMessage) else []
    return len(json.dumps([message.content, *calls], ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _requests(messages: Sequence[BaseMessage]) -> list[int]:
    """How many messages each request so far had, and how many the next one has."""
    return [at for at, message in enumerate(messages) if isinstance(message, AIMessage)] + [len(messages)]


def _newest(messages: Sequence[BaseMessage], asked: int) -> int:
    """Where those results begin, of the first `asked` messages, that stay whole."""
    results = [at for at in range(asked) if isinstance(messages[at], ToolMessage)]
    last = max((at for at in range(asked) if isinstance(messages[at], AIMessage)), default=0)
    return min(last, results[-NEWEST]) if len(results) >= NEWEST else 0


def _short(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    calls: dict[str, tuple[str, dict[str, Any]]] = {}
    made: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, AIMessage):
            calls |= {call["id"] or "": (call["name"], call["args"]) for call in message.tool_calls}
        made.append(_line(message, calls) if isinstance(message, ToolMessage) else message)
    return made


def _line(message: ToolMessage, calls: dict[str, tuple[str, dict[str, Any]]]) -> ToolMessage:
    name, arguments = calls.get(message.tool_call_id, ("a call", {}))
    text = str(message.content)
    line = f"[{named(name, arguments)}: {len(text):,} characters, folded; call it again if you need it]"
    folded = ToolMessage(line, tool_call_id=message.tool_call_id)
    return folded if size(folded) < size(message) else message
