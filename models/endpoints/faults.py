from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .answers import Answer
from .base import Asked, Fault, Said


class Faults:
    """Which answers are to go wrong; it counts how often each request got so far. A stream is another request."""

    def __init__(self) -> None:
        self._attempts: Counter[tuple[str, bool]] = Counter()

    def due(self, asked: Asked, said: Said) -> Fault | None:
        """The fault that this answer meets, if it is one that can meet it."""
        key = (asked.digest, asked.streamed)
        self._attempts[key] += 1
        fault = said.fault(self._attempts[key])
        return None if fault is None or not _can_meet(fault, asked, said) else fault


def _can_meet(fault: Fault, asked: Asked, said: Said) -> bool:
    if fault.kind == "malformed":
        return bool(said.tool_calls)
    return asked.streamed or not fault.streams


def error_event(kind: str) -> dict[str, Any]:
    """What a stream tells where it breaks off with an error."""
    return {"error": {"message": f"the {kind} endpoint broke off", "type": "server_error", "code": kind}}


def split(answer: Answer, fault: Fault) -> tuple[list[dict[str, Any]], Iterator[dict[str, Any]]]:
    """The chunks of an answer that come before a fault, and the others."""
    chunks = list(answer.chunks())
    sent = border = 0
    while sent < fault.after and not chunks[border]["choices"][0]["finish_reason"]:
        sent += _length(chunks[border]["choices"][0]["delta"])
        border += 1
    return chunks[:border], iter(chunks[border:])


def _length(delta: dict[str, Any]) -> int:
    calls = delta.get("tool_calls", ())
    return len(delta.get("content", "")) + sum(len(call["function"]["arguments"]) for call in calls)
