"""Requests of the OpenAI chat protocol: https://platform.openai.com/docs/api-reference/chat/create"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...config.mistakes import mistakes
from .base import Asked, Message, MessageRole, PastCall, RequestError, Tool
from .canonical import digest
from .tokens import prompt_tokens


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str
    text: str = ""


class _Function(BaseModel):
    """As a tool, a call or a choice of one names it."""

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
    n: int | None = None
    """How many answers are wanted; one can be had."""


def read_request(body: bytes) -> Asked:
    """The request in `body`; RequestError names the field that is wrong. Whose key it carries is never looked at."""
    try:
        raw: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError("invalid_request", f"the request's body is not JSON: {error}") from error
    try:
        request = _Request.model_validate(raw)
    except ValidationError as error:
        where = "" if error.errors()[0]["loc"] else "the request's body "
        raise RequestError("invalid_request", f"{where}{mistakes(error, _Request)[0]}") from error
    if request.n not in (None, 1):
        raise RequestError("invalid_request", f"n: must be 1, not {request.n}; for more answers ask again")
    choice = request.tool_choice or "auto"
    prompt, cached = prompt_tokens(raw)
    return Asked(
        model=request.model,
        digest=digest(_decisive(raw)),
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
