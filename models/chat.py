from __future__ import annotations

import time
from typing import Any

import pydantic
import pydantic_core
from langchain_core.messages import AIMessage, InvalidToolCall
from langchain_core.runnables import Runnable

from ..config import Role, RoleConfig
from ..state.records import Usage
from ..state.text import encodable, visible
from .base import Call, ModelError, ModelRefused, ModelUnreachable, Reply
from .prices import cost_usd
from .providers import OpenChat
from .streaming import BrokenOff, Stream

_HINTS = {401: "check its key", 403: "check its key", 404: "check the model's name and its base_url"}
_CONNECTION = {"APIConnectionError", "ConnectionError", "OSError", "TransportError", "TimeoutError"}
"""Names of the errors that providers' clients raise where there was no answer; they share no class."""


class ChatModel:
    """Any LangChain chat model behind our contract; the boundary at which its errors become ours."""

    def __init__(self, role: Role, config: RoleConfig, opened: OpenChat) -> None:
        self._role: Role = role
        self._config = config
        self._chat = opened.chat
        self._key = opened.key

    @property
    def name(self) -> str:
        """`provider:model`."""
        return self._config.model

    @property
    def role(self) -> Role:
        """The role that it plays."""
        return self._role

    async def ask(self, call: Call) -> Reply:
        """Send `call` to the provider."""
        started = time.perf_counter()
        runnable = self._chat.bind_tools(call.tools) if call.tools else self._chat
        stream = Stream(self._config.request_timeout) if self._config.stream else None
        try:
            message = _storable(await _sent(runnable, call, stream))
            return Reply(message, _usage(message, self._config, time.perf_counter() - started))
        except Exception as error:
            raise _attribute(error, self._role, self._config, self._key, stream) from error


async def _sent(runnable: Runnable[Any, AIMessage], call: Call, stream: Stream | None) -> AIMessage:
    try:
        if stream is not None:
            return await stream.message(runnable, call.messages)
        return await runnable.ainvoke(list(call.messages))
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
    if told is None:
        return Usage(calls=1, cost_usd=None, model_seconds=seconds)
    cached = told.get("input_token_details", {}).get("cache_read") or 0
    usage = Usage(
        calls=1,
        input_tokens=told["input_tokens"],
        cached_tokens=cached,
        output_tokens=told["output_tokens"],
        model_seconds=seconds,
    )
    return usage.model_copy(update={"cost_usd": cost_usd(config, usage)})


def _attribute(error: Exception, role: Role, config: RoleConfig, key: str, stream: Stream | None) -> ModelError:
    where = f"the {role}'s model {config.model!r}" + (f" at {config.base_url}" if config.base_url else "")
    said = visible(" ".join(str(error).split())) or type(error).__name__
    said = (said.replace(key, "***") if key else said)[:300]  # some providers quote the key that they refuse
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and (status in (408, 409, 429) or status >= 500):
        return ModelUnreachable(f"{where} is not answering now (HTTP {status}): {said}; wait until it does")
    if isinstance(status, int) and status >= 400:
        hint = _HINTS.get(status, "see the reason")
        return ModelRefused(f"{where} refused the request (HTTP {status}): {said}; {hint}")
    if stream is not None and stream.begun:
        return BrokenOff(f"{where} broke its answer off: {said}; check the network")
    if _CONNECTION & {kind.__name__ for kind in type(error).__mro__}:
        return ModelUnreachable(f"{where} cannot be reached: {said}; check the address and the network")
    if stream is not None:
        return ModelUnreachable(f"{where} began no answer: {said}; does its endpoint stream in this protocol?")
    return ModelRefused(f"{where} sent something that is not a reply: {said}; is it an endpoint of this protocol?")
