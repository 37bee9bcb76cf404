"""How many tokens there are, at about four characters each."""

from __future__ import annotations

import json
from typing import Any

from .base import Said, ToolCall
from .canonical import canonical


def prompt_tokens(request: dict[str, Any]) -> tuple[int, int]:
    """Tokens of a request's prompt, and how many of them a provider's cache is taken to have.

    In the cache is what the request before in the same conversation sent: tools, schema, and all up to the last reply.
    That is read off the request alone, so that a repeated or replayed call uses what it used before; what a real cache
    holds depends on the clock and on who asked what meanwhile. For the same reason a first request finds nothing there,
    neither its system message nor its tools, though other conversations may have sent them; short prompts are cached
    as well, which providers do only from about 1,024 tokens; and a client that rewrote earlier messages still hits.
    """
    messages: list[dict[str, Any]] = request["messages"]
    sizes = [_tokens(canonical(message)) for message in messages]
    head = sum(_tokens(canonical(request[key])) for key in ("tools", "response_format") if request.get(key))
    answered = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    cached = head + sum(sizes[: answered[-1]]) if answered else 0
    return head + sum(sizes), cached


def completion_tokens(said: Said) -> int:
    """Tokens of what is said."""
    calls = (text for call in said.tool_calls for text in (call.name, arguments_of(call)))
    return sum(map(_tokens, [said.content, *calls]))


def arguments_of(call: ToolCall) -> str:
    """The arguments of a call as they are sent."""
    return json.dumps(call.arguments, ensure_ascii=False)


def _tokens(text: str) -> int:
    return -(-len(text) // 4)
