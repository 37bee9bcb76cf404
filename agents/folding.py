"""How a conversation stays within what its model can take: old results of tools become a line each, old texts that were
written into files a note of their length.

It is a pure function of the conversation, or a resumed step would make other requests than those on record. It folds
rarely and then much, down to half of the bound: in between every request begins with the whole one before, which is
what providers' caches ask for. The instructions, the task, what the agent said and the newest rounds are never folded.
A model that takes a note for the text itself, and writes it, is refused by the tools as with any other gap.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, InvalidToolCall, ToolCall, ToolMessage

from ..tools import EDIT_FILE, WRITE_FILE
from .naming import named

BOUND = 240_000
"""Bytes of a request's messages, where a desk names no other bound: about 60,000 tokens of code."""
NEWEST = 4
"""Results that are never folded, nor the messages that asked for them, nor what comes after these."""
_WRITING = frozenset({WRITE_FILE.name, EDIT_FILE.name})


def folded(messages: Sequence[BaseMessage], bound: int = BOUND) -> tuple[BaseMessage, ...]:
    """What is sent of `messages`; more than `bound` bytes only where what cannot be folded alone is more."""
    point = fold_point(messages, bound)
    return (*_short(messages)[:point], *messages[point:])


def fold_point(messages: Sequence[BaseMessage], bound: int = BOUND) -> int:
    """What is before this place in `messages` is folded when they are next sent."""
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
    """Where that begins, of the first `asked` messages, which stays whole."""
    results = [at for at in range(asked) if isinstance(messages[at], ToolMessage)]
    first = results[-NEWEST] if len(results) >= NEWEST else 0
    return max((at for at in range(first) if isinstance(messages[at], AIMessage)), default=0)


def _short(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    calls: dict[str, tuple[str, dict[str, Any]]] = {}
    made: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, AIMessage):
            calls |= {call["id"] or "": (call["name"], call["args"]) for call in message.tool_calls}
            message = _without_texts(message)
        made.append(_line(message, calls) if isinstance(message, ToolMessage) else message)
    return made


def _without_texts(message: AIMessage) -> AIMessage:
    """What was said, with notes in the place of what was written; arguments keep their keys, and are JSON."""
    calls, broken = list(map(_call, message.tool_calls)), list(map(_broken, message.invalid_tool_calls))
    arguments = {new["id"]: new["args"] for new, old in zip(calls, message.tool_calls, strict=True) if new is not old}
    for new, old in zip(broken, message.invalid_tool_calls, strict=True):
        arguments |= {new["id"]: json.loads(new["args"] or "{}")} if new is not old else {}
    if not arguments:
        return message
    content = cast("str | list[Any]", message.content)
    if not isinstance(content, str):
        content = [_block(part, arguments) for part in content]
    return message.model_copy(update={"tool_calls": calls, "invalid_tool_calls": broken, "content": content})


def _call(call: ToolCall) -> ToolCall:
    if call["name"] not in _WRITING:
        return call
    arguments = {name: value if name == "path" else _noted(value) for name, value in call["args"].items()}
    return cast("ToolCall", {**call, "args": arguments}) if arguments != call["args"] else call


def _broken(call: InvalidToolCall) -> InvalidToolCall:
    """A call that could not be read, and was not done."""
    text = call["args"] or ""
    note = _json({"arguments": _noted(text)})
    return cast("InvalidToolCall", {**call, "args": note}) if len(_json(note)) < len(text) else call


def _noted(value: Any) -> Any:
    match value:
        case str():
            note = f"[previous content omitted: {len(value):,} characters]"
            return note if len(note) < len(value) else value
        case list():
            return [_noted(each) for each in cast("list[Any]", value)]
        case dict():
            return {key: _noted(each) for key, each in cast("dict[str, Any]", value).items()}
        case _:
            return value


def _block(part: Any, arguments: Mapping[str | None, dict[str, Any]]) -> Any:
    """A part of a message's content: some providers' clients keep calls there, too."""
    if not isinstance(part, dict):
        return part
    block = cast("dict[str, Any]", part)
    known = arguments.get(block.get("call_id") or block.get("id"))
    if known is None:
        return block
    told = {"input": known, "args": known, "arguments": _json(known), "partial_json": _json(known)}
    return {key: told.get(key, value) for key, value in block.items()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _line(message: ToolMessage, calls: dict[str, tuple[str, dict[str, Any]]]) -> ToolMessage:
    name, arguments = calls.get(message.tool_call_id, ("a call", {}))
    text = str(message.content)
    line = f"[{named(name, arguments)}: {len(text):,} characters, folded; call it again if you need it]"
    folded = ToolMessage(line, tool_call_id=message.tool_call_id)
    return folded if size(folded) < size(message) else message
