"""The OpenAI chat protocol: requests in, replies out. A reply is a pure function of its request and its rule.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .conditions import Conversation
from .matching import RequestError
from .script import Reply

_PIECE = 48
"""Characters in one streamed delta."""
_ROLE_LINE = "# Role: "


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str
    text: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | tuple[_Part, ...] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, tuple):
            return "".join(part.text for part in self.content)
        return self.content or ""

    @property
    def instructs(self) -> bool:
        return self.role in ("system", "developer")


class _StreamOptions(BaseModel):
    model_config = ConfigDict(frozen=True)

    include_usage: bool | None = None


class _Request(BaseModel):
    """The fields that matter here; a client may send others, which change nothing."""

    model_config = ConfigDict(frozen=True)

    model: str = Field(min_length=1)
    messages: tuple[_Message, ...] = Field(min_length=1)
    tools: tuple[dict[str, Any], ...] | None = None
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


@dataclass(frozen=True)
class Asked:
    """A request that was understood."""

    model: str
    digest: str
    """SHA-256 of the canonical JSON of `model`, `messages` and `tools`."""
    streamed: bool
    streams_usage: bool
    conversation: Conversation
    prompt_tokens: int
    cached_tokens: int


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
    prompt, cached = _prompt_tokens(raw)
    return Asked(
        model=request.model,
        digest=_digest({key: raw.get(key) for key in ("model", "messages", "tools")}),
        streamed=bool(request.stream),
        streams_usage=bool(request.stream_options and request.stream_options.include_usage),
        conversation=_conversation(request.messages),
        prompt_tokens=prompt,
        cached_tokens=cached,
    )


def _conversation(messages: Sequence[_Message]) -> Conversation:
    return Conversation(
        role=_role(messages),
        turn=sum(message.role == "assistant" for message in messages),
        texts=tuple(message.text for message in messages if not message.instructs),
    )


def _role(messages: Sequence[_Message]) -> str:
    first = next((message.text.partition("\n")[0].strip() for message in messages if message.instructs), "")
    if not first.startswith(_ROLE_LINE):
        wanted = f"the first line of the system message must name the role, as in '{_ROLE_LINE}coder'"
        raise RequestError("invalid_request", f"messages: {wanted}; it is {first[:80]!r}")
    return first.removeprefix(_ROLE_LINE).strip()


def _prompt_tokens(raw: dict[str, Any]) -> tuple[int, int]:
    messages: list[dict[str, Any]] = raw["messages"]
    sizes = [_tokens(_canonical(message)) for message in messages]
    tools = _tokens(_canonical(raw["tools"])) if raw.get("tools") else 0
    answered = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    cached = tools + sum(sizes[: answered[-1]]) if answered else 0
    return tools + sum(sizes), cached


def _tokens(text: str) -> int:
    return -(-len(text) // 4)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _digest(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """A reply to one request, in both of its shapes, which say the same."""

    script: str
    asked: Asked
    reply: Reply

    @property
    def usage(self) -> Usage:
        """What the call cost."""
        said = [self.reply.content, *(text for call in self._calls() for text in call["function"].values())]
        completion = sum(map(_tokens, said))
        return Usage(self.asked.prompt_tokens, self.asked.cached_tokens, completion)

    def body(self) -> dict[str, Any]:
        """The whole reply, for a request that does not stream."""
        message: dict[str, Any] = {"role": "assistant", "content": self.reply.content or None, "refusal": None}
        if self.reply.tool_calls:
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
        return "tool_calls" if self.reply.tool_calls else "stop"

    def _calls(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"call_{_digest([self.asked.digest, index])[:24]}",
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
            }
            for index, call in enumerate(self.reply.tool_calls)
        ]

    def _deltas(self) -> Iterator[dict[str, Any]]:
        yield {"role": "assistant", "content": ""}
        for piece in _pieces(self.reply.content):
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
            "system_fingerprint": f"slipway-scripted:{self.script}",
        }


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]
