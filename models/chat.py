from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pydantic
import pydantic_core
from langchain_core.messages import AIMessage, BaseMessage, InvalidToolCall
from langchain_core.runnables import Runnable

from ..config import Role, RoleConfig
from ..state.records import Usage
from ..state.text import encodable
from .attribution import attribute
from .base import Call, Reply
from .portable import portable
from .prices import cost_usd
from .providers import OpenChat
from .streaming import Stream


class ChatModel:
    """Any LangChain chat model behind our contract; the boundary at which its errors become ours."""

    def __init__(self, role: Role, config: RoleConfig, opened: OpenChat) -> None:
        self._role: Role = role
        self._config = config
        self._chat = opened.chat
        self._key = opened.key
        self._speaks = opened.speaks

    @property
    def name(self) -> str:
        """`provider:model`."""
        return self._config.model

    @property
    def role(self) -> Role:
        """The role that it plays."""
        return self._role

    @property
    def config(self) -> RoleConfig:
        """Its line in the line-up."""
        return self._config

    async def ask(self, call: Call) -> Reply:
        """Send `call` to the provider."""
        started = time.perf_counter()
        runnable = self._chat.bind_tools(call.tools) if call.tools else self._chat
        stream = Stream(self._config.request_timeout) if self._config.stream else None
        try:
            message = _storable(await _sent(runnable, portable(call.messages, self._speaks), stream))
            return Reply(message, _usage(message, self._config, time.perf_counter() - started))
        except Exception as error:
            raise attribute(error, self._role, self._config, self._key, stream) from error


async def _sent(
    runnable: Runnable[Any, AIMessage], messages: Sequence[BaseMessage], stream: Stream | None
) -> AIMessage:
    try:
        if stream is not None:
            return await stream.message(runnable, messages)
        return await runnable.ainvoke(list(messages))
    except pydantic.ValidationError as error:
        if "tool_calls" not in str(error):
            raise
        return _unreadable()


def _unreadable() -> AIMessage:
    # LangChain has no place for tool arguments that are no object; to the model it is one more bad call of its own.
    why = "the arguments are not a JSON object"
    return AIMessage(
        "",
        invalid_tool_calls=[
            InvalidToolCall(type="invalid_tool_call", name="unreadable", args="{}", id="unreadable", error=why)
        ],
    )


def _storable(message: AIMessage) -> AIMessage:
    """`message` without halves of characters, which JSON over HTTP can carry and nothing can store."""
    try:
        message.model_dump_json()
    except pydantic_core.PydanticSerializationError:
        return AIMessage.model_validate(_mended(message.model_dump()))
    return message


def _mended(value: Any) -> Any:
    match value:
        case str():
            return encodable(value)
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list():
            return [_mended(item) for item in value]
        case _:
            return value


def _usage(message: AIMessage, config: RoleConfig, seconds: float) -> Usage:
    told = message.usage_metadata
    answered = {config.model: 1}
    if told is None:
        return Usage(calls=1, cost_usd=None, model_seconds=seconds, answered=answered)
    read, cached = told["input_tokens"], told.get("input_token_details", {}).get("cache_read") or 0
    usage = Usage(
        calls=1,
        # Some count what was cached beside what was read: it is never taken for less than it may have cost.
        input_tokens=read if cached <= read else read + cached,
        cached_tokens=cached,
        output_tokens=told["output_tokens"],
        model_seconds=seconds,
        answered=answered,
    )
    return usage.model_copy(update={"cost_usd": cost_usd(config, usage)})
