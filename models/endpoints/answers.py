"""Answers of the OpenAI chat protocol, each a pure function of its request and of what is said.

https://platform.openai.com/docs/api-reference/chat/object
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .base import Asked, Said, ToolCall
from .canonical import digest
from .tokens import arguments_of, completion_tokens

_PIECE = 48
"""Characters in one streamed delta."""


@dataclass(frozen=True)
class Usage:
    """Tokens of one call, at about four characters each."""

    prompt: int
    cached: int
    """The part of `prompt` that an earlier request of the same conversation already sent; 0 on a first turn."""
    completion: int

    def body(self) -> dict[str, Any]:
        """The `usage` object."""
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }


@dataclass(frozen=True)
class Answer:
    """A reply to one request, in both of its shapes, which say the same."""

    fingerprint: str
    asked: Asked
    said: Said
    malformed: bool = False
    """The arguments of its first tool call are broken off, so that they are no JSON."""

    @property
    def usage(self) -> Usage:
        """What the call cost."""
        return Usage(self.asked.prompt_tokens, self.asked.cached_tokens, completion_tokens(self.said))

    def body(self) -> dict[str, Any]:
        """The whole reply, for a request that does not stream."""
        message: dict[str, Any] = {"role": "assistant", "content": self.said.content or None, "refusal": None}
        if self.said.tool_calls:
            message["tool_calls"] = self._calls()
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish}
        return self._frame("chat.completion") | {"choices": [choice], "usage": self.usage.body()}

    def chunks(self) -> Iterator[dict[str, Any]]:
        """The reply in pieces; the last one has the usage where the request asked for it."""
        for delta in self._deltas():
            yield self._chunk(delta, None)
        yield self._chunk({}, self._finish)
        if self.asked.streams_usage:
            yield self._frame("chat.completion.chunk") | {"choices": [], "usage": self.usage.body()}

    @property
    def _finish(self) -> str:
        return "tool_calls" if self.said.tool_calls else "stop"

    def _calls(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"call_{digest([self.asked.digest, index])[:24]}",
                "type": "function",
                "function": {"name": call.name, "arguments": self._arguments(index, call)},
            }
            for index, call in enumerate(self.said.tool_calls)
        ]

    def _arguments(self, index: int, call: ToolCall) -> str:
        text = arguments_of(call)
        return text[:-1] if self.malformed and index == 0 else text

    def _deltas(self) -> Iterator[dict[str, Any]]:
        yield {"role": "assistant", "content": ""}
        for piece in _pieces(self.said.content):
            yield {"content": piece}
        for index, call in enumerate(self._calls()):
            function = call["function"]
            opening = call | {"index": index, "function": {"name": function["name"], "arguments": ""}}
            yield {"tool_calls": [opening]}
            for piece in _pieces(function["arguments"]):
                yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}

    def _chunk(self, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._frame("chat.completion.chunk") | {"choices": [choice]}

    def _frame(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.asked.digest[:24]}",
            "object": kind,
            "created": 0,  # a clock here would make equal requests get unequal replies
            "model": self.asked.model,
            "system_fingerprint": self.fingerprint,
        }


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]
