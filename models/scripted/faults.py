from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .script import Fault
from .wire import Answer

ERROR_EVENT = {"error": {"message": "the scripted endpoint broke off", "type": "server_error", "code": "scripted"}}


class Faults:
    """Which answers are to go wrong; it counts how often each request did."""

    def __init__(self) -> None:
        self._met: Counter[str] = Counter()

    def due(self, answer: Answer) -> Fault | None:
        """The fault that this answer meets, if it is one that can meet it and has not done so often enough."""
        fault = answer.reply.fault
        if fault is None or (fault.streams and not answer.asked.streamed):
            return None
        self._met[answer.asked.digest] += 1
        return fault if fault.times is None or self._met[answer.asked.digest] <= fault.times else None


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
