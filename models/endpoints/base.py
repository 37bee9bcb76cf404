"""The promise of a player: what was asked in, what is said out. The server around it speaks OpenAI's protocol.

A player keeps nothing: equal requests are answered equally, in whichever order and however often they come, and by
another process as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import Field, JsonValue, model_validator

from ...state.records import Record

ROLE_LINE = "# Role: "
MessageRole = Literal["system", "developer", "user", "assistant", "tool"]


class RequestError(Exception):
    """A request that gets no reply; sent as HTTP 400 with the message and the code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """`invalid_request`, or the player's own, such as `no_matching_rule`."""


@dataclass(frozen=True)
class PastCall:
    """A tool call of an earlier reply, as the client tells it."""

    id: str
    name: str
    arguments: str
    """JSON as it was sent, so that it may be broken."""


@dataclass(frozen=True)
class Message:
    """One message of a request."""

    role: MessageRole
    text: str
    """Its text parts in one; empty where it has none."""
    tool_calls: tuple[PastCall, ...] = ()
    """Of an assistant's message."""
    tool_call_id: str = ""
    """Of a tool's message: the call whose result it is."""

    @property
    def instructs(self) -> bool:
        """Whether it is a system message, under its old name or its new one."""
        return self.role in ("system", "developer")


@dataclass(frozen=True)
class Tool:
    """A function that a reply may call."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON schema of its arguments; empty where none was told."""


@dataclass(frozen=True)
class Asked:
    """A request that was understood."""

    model: str
    digest: str
    """SHA-256 of the canonical JSON of `model`, `messages` and `tools`, and of `response_format` where there is one."""
    streamed: bool
    streams_usage: bool
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    tool_choice: str
    """`auto`, `none`, `required` (some tool has to be called), or the name of the tool that has to be called."""
    response_format: Mapping[str, Any] | None
    """The JSON schema that the reply's text has to keep; None: plain text."""
    prompt_tokens: int
    cached_tokens: int

    @property
    def heading(self) -> str:
        """The first line of the first system message; empty where there is none."""
        return next((message.text.partition("\n")[0].strip() for message in self.messages if message.instructs), "")

    @property
    def role(self) -> str | None:
        """Whom the heading names, as in `# Role: coder`; None where it names nobody."""
        return self.heading.removeprefix(ROLE_LINE).strip() if self.heading.startswith(ROLE_LINE) else None

    @property
    def turn(self) -> int:
        """Assistant messages so far; 0 on the first request of a conversation."""
        return sum(message.role == "assistant" for message in self.messages)


class ToolCall(Record):
    """A call of one tool."""

    name: str = Field(min_length=1)
    arguments: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])


class Fault(Record):
    """What goes wrong with a reply, for tests of whoever reads it.

    Some faults are of a stream; a reply that does not stream never meets them. The others are of the whole answer.
    """

    kind: Literal["cut", "end", "error", "stall", "status", "garbage", "nonsense", "silence", "malformed"]
    """Of a stream: the connection is cut; it ends in good order, but too early; it tells an error; nothing comes.

    Of an answer: an HTTP status; bytes that are no JSON; JSON that is no reply; none until the client leaves; a reply
    whose first tool call has arguments that are no JSON.
    """
    after: int = Field(default=0, ge=0)
    """Characters of a stream's text and arguments that are sent first; the reply's end is never among them."""
    seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """How long a stall lasts; the stream then goes on."""
    status: int | None = Field(default=None, ge=400, lt=600)
    retry_after: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """The seconds in the header `retry-after` of a status."""
    times: int | None = Field(default=None, gt=0)
    """How often one request meets it; None is whenever it is made."""

    @property
    def streams(self) -> bool:
        """Whether it is a fault of a stream."""
        return self.kind in ("cut", "end", "error", "stall")

    def at(self, attempt: int) -> Fault | None:
        """Itself, where attempt number `attempt` of a request, from 1, meets it."""
        return self if self.times is None or attempt <= self.times else None

    @model_validator(mode="after")
    def _stalls_for_a_time(self) -> Fault:
        if (self.kind == "stall") != (self.seconds > 0):
            raise ValueError("`seconds` say how long a `stall` lasts; it needs them, and nothing else takes them")
        if (self.kind == "status") != (self.status is not None) or (self.retry_after is not None and not self.status):
            raise ValueError("a `status` names its `status`, and may have a `retry_after`; nothing else takes them")
        if self.after and not self.streams:
            raise ValueError("`after` is of a stream, and not of a whole answer")
        return self


def no_fault(_: int) -> Fault | None:
    """What never goes wrong."""
    return None


@dataclass(frozen=True)
class Said:
    """What a player answers: text, tool calls, or both; and what happens to it on its way."""

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    notes: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """For the log alone; a client never gets them."""
    wait: float = 0.0
    """Real seconds until the answer begins."""
    fault: Callable[[int], Fault | None] = no_fault
    """What goes wrong with which attempt of the request, from 1: the one thing that depends on what came before."""


class Player(Protocol):
    """Whoever answers requests."""

    def reply(self, asked: Asked) -> Said:
        """The answer to `asked`: a pure function of it. RequestError for a request that cannot be answered."""
        ...
