"""The OpenAI chat protocol: requests in, replies out. A reply is a pure function of its request and of what is said.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .base import Asked, Message, MessageRole, PastCall, RequestError, Said, Tool, ToolCall

_PIECE = 48
"""Characters in one streamed delta."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str
    text: str = ""


class _Function(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    arguments: str = ""
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _Call(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = ""
    function: _Function


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: MessageRole
    content: str | tuple[_Part, ...] | None = None
    tool_calls: tuple[_Call, ...] | None = None
    tool_call_id: str | None = None

    def read(self) -> Message:
        calls = (PastCall(call.id, call.function.name, call.function.arguments) for call in self.tool_calls or ())
        return Message(self.role, self._text(), tuple(calls), self.tool_call_id or "")

    def _text(self) -> str:
        if isinstance(self.content, tuple):
            return "".join(part.text for part in self.content)
        return self.content or ""


class _Tool(BaseModel):
    model_config = ConfigDict(frozen=True)

    function: _Function | None = None
    """None: a tool of another kind, which is not called here."""

    def read(self) -> Iterator[Tool]:
        if self.function is not None:
            yield Tool(self.function.name, self.function.description or "", self.function.parameters or {})


class _Choice(BaseModel):
    model_config = ConfigDict(frozen=True)

    function: _Function


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True)

    of: dict[str, Any] = Field(default_factory=dict[str, Any], alias="schema")


class _Format(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: Literal["text", "json_object", "json_schema"]
    json_schema: _Schema | None = None

    def read(self) -> dict[str, Any] | None:
        if self.type == "text":
            return None
        return self.json_schema.of if self.json_schema else {"type": "object"}


class _StreamOptions(BaseModel):
    model_config = ConfigDict(frozen=True)

    include_usage: bool | None = None


class _Request(BaseModel):
    """The fields that matter here; a client may send others, which change nothing."""

    model_config = ConfigDict(frozen=True)

    model: str = Field(min_length=1)
    messages: tuple[_Message, ...] = Field(min_length=1)
    tools: tuple[_Tool, ...] | None = None
    tool_choice: Literal["auto", "none", "required"] | _Choice | None = None
    response_format: _Format | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None


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


def read_request(body: bytes) -> Asked:
    """The request in `body`; RequestError names the field that is wrong. Whose key it carries is never looked at."""
    try:
        raw: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError("invalid_request", f"the request's body is not JSON: {error}") from error
    try:
        request = _Request.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "body"
        raise RequestError("invalid_request", f"{field}: {first['msg']}") from error
    choice = request.tool_choice or "auto"
    prompt, cached = _prompt_tokens(raw)
    return Asked(
        model=request.model,
        digest=_digest(_decisive(raw)),
        streamed=bool(request.stream),
        streams_usage=bool(request.stream_options and request.stream_options.include_usage),
        messages=tuple(message.read() for message in request.messages),
        tools=tuple(chain.from_iterable(tool.read() for tool in request.tools or ())),
        tool_choice=choice if isinstance(choice, str) else choice.function.name,
        response_format=request.response_format and request.response_format.read(),
        prompt_tokens=prompt,
        cached_tokens=cached,
    )


def _decisive(raw: dict[str, Any]) -> dict[str, Any]:
    """What a reply depends on."""
    asked = {key: raw.get(key) for key in ("model", "messages", "tools")}
    return asked | {key: raw[key] for key in ("response_format", "tool_choice") if raw.get(key) not in (None, "auto")}


def _prompt_tokens(raw: dict[str, Any]) -> tuple[int, int]:
    """Tokens of the prompt, and how many of them a provider's cache has.

    In the cache is what the request before in the same conversation sent: tools, and all up to the last reply. That is read
    off the request alone, so that a repeated or replayed call uses what it used before: what a real cache holds depends
    on the clock and on who asked what meanwhile. For that reason a first request finds nothing there, neither its
    system message nor its tools, though other conversations may have sent the same; and short prompts are cached as
    well, which providers do only from about 1,024 tokens. A client that rewrites earlier messages is still taken to hit.
    """
    messages: list[dict[str, Any]] = raw["messages"]
    sizes = [_tokens(_canonical(message)) for message in messages]
    tools = _tokens(_canonical(raw["tools"])) if raw.get("tools") else 0
    answered = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    cached = tools + sum(sizes[: answered[-1]]) if answered else 0
    return tools + sum(sizes), cached


def completion_tokens(said: Said) -> int:
    """Tokens of what is said."""
    return sum(
        map(_tokens, [said.content, *(text for call in said.tool_calls for text in (call.name, _arguments(call)))])
    )


def _arguments(call: ToolCall) -> str:
    return json.dumps(call.arguments, ensure_ascii=False)


def _tokens(text: str) -> int:
    return -(-len(text) // 4)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _digest(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


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
                "id": f"call_{_digest([self.asked.digest, index])[:24]}",
                "type": "function",
                "function": {"name": call.name, "arguments": self._arguments(index, call)},
            }
            for index, call in enumerate(self.said.tool_calls)
        ]

    def _arguments(self, index: int, call: ToolCall) -> str:
        text = _arguments(call)
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
