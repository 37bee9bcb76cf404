"""The promise of a model: messages in, one reply out, with what it used.

Whatever is added to every call (journal, fallback, retries, limits, budget, trace) is a wrapper with this same contract
around another model.

    ModelError
      ModelUnreachable   no answer now; the same call may succeed later
        ModelBusy        it answers, but not so often
        CircuitOpen      it was not asked: it has failed too often just now
        BrokenOff        it broke its answer off (in streaming.py)
      ModelRefused       the request is wrong; it will be wrong again
      NotRecorded        a replay asks for what it has not
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.messages import AIMessage, BaseMessage, message_to_dict

from ..config import Role
from ..state.records import Usage


class ModelError(Exception):
    """A model gave no answer; the message names the model, its address and the next step."""


class ModelUnreachable(ModelError):
    """It cannot be reached, took too long, is overloaded or talks nonsense: the same call may succeed later."""

    def __init__(self, message: str, *, unanswered: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.unanswered = unanswered
        """It surely did not answer. Else it may have, and have charged for it."""
        self.retry_after = retry_after
        """In how many seconds a next try makes sense, where that was told."""


class ModelBusy(ModelUnreachable):
    """It is well, and was asked more often than it allows."""


class CircuitOpen(ModelUnreachable):
    """It failed so often just now that it was not asked."""


class ModelRefused(ModelError):
    """It answered that the request is wrong: unknown model, bad key, malformed request."""


class NotRecorded(ModelError):
    """A replay asks what its record does not answer; it asks no model."""


@dataclass(frozen=True)
class Call:
    """One request of an agent."""

    step: str
    """The logical path of the step that asks, for example `code/amounts`."""
    index: int
    """How many calls this step made before, from 0."""
    messages: tuple[BaseMessage, ...]
    tools: tuple[dict[str, Any], ...] = ()
    """Schemas of the tools it may call, in OpenAI's function form."""

    def canonical(self, model: str) -> str:
        """The request as canonical JSON: equal text means an equal request, whoever makes it and when."""
        payload = {"model": model, "messages": [_plain(message) for message in self.messages], "tools": self.tools}
        return json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Reply:
    """What a model said, and what that used."""

    message: AIMessage
    usage: Usage
    journaled: bool = False
    """It was answered before, and was not asked again."""

    @property
    def model(self) -> str | None:
        """`provider:model` of who answered: the role's model or a fallback; None where the record does not tell."""
        return next(iter(self.usage.answered), None)


class Model(Protocol):
    """One role's model."""

    @property
    def name(self) -> str:
        """`provider:model`, as the line-up names it."""
        ...

    @property
    def role(self) -> Role:
        """The role that it plays."""
        ...

    async def ask(self, call: Call) -> Reply:
        """Answer `call`. ModelError where no answer could be had."""
        ...


class Around:
    """A model around another one, whose name and role it keeps."""

    def __init__(self, inner: Model) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """`provider:model`, as the line-up names it."""
        return self.inner.name

    @property
    def role(self) -> Role:
        """The role that it plays."""
        return self.inner.role


def digest(text: str) -> str:
    """SHA-256 of `text`, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(message: BaseMessage) -> dict[str, Any]:
    # What a provider adds to a reply (ids, latencies, usage) is no part of the next request.
    kept = ("content", "tool_calls", "invalid_tool_calls", "tool_call_id", "name", "status")
    data = message_to_dict(message)
    fields = {key: data["data"][key] for key in kept if data["data"].get(key)}
    return {"type": data["type"], **fields}


def text_of(message: BaseMessage) -> str:
    """The text of a message, without reasoning, pictures or tool calls."""
    content: str | Sequence[str | dict[str, Any]] = message.content
    if isinstance(content, str):
        return content
    parts = (part if isinstance(part, str) else part.get("text", "") for part in content)
    return "".join(str(part) for part in parts)
