from __future__ import annotations

import time

import pydantic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage

from ..config import Role, RoleConfig
from ..state.records import Usage
from .base import Call, ModelError, ModelRefused, ModelUnreachable, Reply
from .prices import cost_usd


class ChatModel:
    """Any LangChain chat model behind our contract; the boundary at which its errors become ours."""

    def __init__(self, role: Role, config: RoleConfig, chat: BaseChatModel) -> None:
        self._role: Role = role
        self._config = config
        self._chat = chat

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
        try:
            message = await runnable.ainvoke(list(call.messages))
        except Exception as error:
            raise _attribute(error, self._role, self._config) from error
        return Reply(message, _usage(message, self._config, time.perf_counter() - started))


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


def _attribute(error: Exception, role: Role, config: RoleConfig) -> ModelError:
    where = f"the {role}'s model {config.model!r}" + (f" at {config.base_url}" if config.base_url else "")
    said = " ".join(str(error).split())[:300] or type(error).__name__
    status = getattr(error, "status_code", None)
    if isinstance(error, pydantic.ValidationError) or type(error).__name__ == "JSONDecodeError":
        return ModelRefused(f"{where} sent something that is not a reply: {said}; is it an endpoint of this protocol?")
    if not isinstance(status, int):
        return ModelUnreachable(f"{where} cannot be reached: {said}; check the address and the network")
    if status in (408, 409, 429) or status >= 500:
        return ModelUnreachable(f"{where} is not answering now (HTTP {status}): {said}; wait until it does")
    hints = {401: "check its key", 403: "check its key", 404: "check the model's name and its base_url"}
    return ModelRefused(f"{where} refused the request (HTTP {status}): {said}; {hints.get(status, 'see the reason')}")
