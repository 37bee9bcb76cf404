"""Counts what every system asks: a player around the simulated developer, which alone decides what is answered."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence

from slipway.models.endpoints import Asked, Message, Player, Said, completion_tokens

from .base import Call

_RED = re.compile(
    r"\b[1-9]\d* (?:failed|errors?)\b"  # pytest
    r"|^[\w-]+: (?:failed|error)\b"  # Slipway's checks, the line of one
    r"|^\[(?!stderr\])[\w-]+\] ",  # and what one found
    re.MULTILINE,
)
_TIME = re.compile(r"\b\d+\.\d+ ?s\b")


class Watched:
    """What `player` answers; `calls` are those of the requests so far."""

    def __init__(self, player: Player, clock: Callable[[], float] = time.monotonic) -> None:
        self._player = player
        self._clock = clock
        self._asked: set[str] = set()
        self._calls: list[Call] = []

    def reply(self, asked: Asked) -> Said:
        """What the player says; a request that it refuses is no call."""
        arrived = self._clock()
        said = self._player.reply(asked)
        self._calls.append(
            Call(
                arrived=arrived,
                left=self._clock() + said.wait,
                prompt=asked.prompt_tokens,
                cached=asked.cached_tokens,
                completion=completion_tokens(said),
                seconds=_number(said.notes.get("simulated_seconds")),
                role=str(said.notes.get("role") or asked.role or ""),
                missing=_kinds(said.notes.get("misses")),
                red=is_red(asked.messages),
                wasted=asked.digest in self._asked or is_repeated(asked.messages),
            )
        )
        self._asked.add(asked.digest)
        return said

    def taken(self) -> tuple[Call, ...]:
        """The calls since this was last asked."""
        calls, self._calls = tuple(self._calls), []
        return calls


def is_red(messages: Sequence[Message]) -> bool:
    """Whether what is new since the last reply reports that something fails."""
    return any(message.role in ("user", "tool") and _RED.search(_plain(message.text)) for message in _newest(messages))


def is_repeated(messages: Sequence[Message]) -> bool:
    """Whether the newest tool calls were all made before in the conversation, and got the same results then."""
    steps = [step for step in _steps(messages) if step]
    return len(steps) > 1 and steps[-1] in steps[:-1] and bool(_newest(messages)[0].role == "tool")


def _steps(messages: Sequence[Message]) -> list[str]:
    """The tool calls of each reply with what came of them, without times; empty of a reply without any."""
    replies = [place for place, message in enumerate(messages) if message.role == "assistant"]
    steps: list[str] = []
    for place, behind in zip(replies, [*replies, len(messages)][1:], strict=True):
        calls = [(call.name, call.arguments) for call in messages[place].tool_calls]
        results = [_TIME.sub("", message.text) for message in messages[place + 1 : behind]]
        steps.append(json.dumps([calls, results]) if calls else "")
    return steps


def _newest(messages: Sequence[Message]) -> Sequence[Message]:
    replies = [place for place, message in enumerate(messages) if message.role == "assistant"]
    return messages[replies[-1] + 1 :] if replies else messages


def _plain(text: str) -> str:
    """With the ends of lines of a JSON text as such."""
    return text.replace("\\n", "\n")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _kinds(misses: object) -> tuple[str, ...]:
    """The kinds of facts in the log's notes."""
    if not isinstance(misses, list | tuple):
        return ()
    return tuple(str(miss[0] if isinstance(miss, list | tuple) else miss) for miss in misses)
