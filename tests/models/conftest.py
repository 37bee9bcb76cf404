"""What tests of models share: a real server for the state, and a model that answers from a function."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from redis.asyncio import Redis

from slipway.config import Role, Settings
from slipway.models import Call, Reply
from slipway.state import Event, Usage, open_state
from slipway.telemetry import Collector, Tracer

ANSWER = "It is done, and that is a promise that takes more than one piece of a stream."


def faulty(**fault: Any) -> dict[str, Any]:
    """A script with one reply, which meets `fault`."""
    reply = {"content": ANSWER} | ({"fault": fault} if fault else {})
    return {"name": "faulty", "request": "x", "rules": [{"role": "coder", "reply": reply}]}


def ends(log: Path) -> list[str | None]:
    """How each request to a scripted endpoint ended, in order: the kind of its fault, or None for an answer."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line.get("fault") for line in lines if line["event"] != "asked"]


class Told:
    """The spans and the events of a test."""

    def __init__(self) -> None:
        self.collector = Collector()
        self.tracer = Tracer(self.collector.provider, "r")
        self.events: list[Event] = []

    async def emit(self, event: Event) -> None:
        self.events.append(event)


class Raising:
    """A model whose calls end in the given errors, one after the other, and then in an answer."""

    role: Role = "coder"

    def __init__(self, *errors: Exception, name: str = "openai:stand-in") -> None:
        self.name = name
        self.said = AIMessage("done")
        self.asked = 0
        self._errors = list(errors)

    async def ask(self, call: Call) -> Reply:
        self.asked += 1
        if self._errors:
            raise self._errors.pop(0)
        return Reply(self.said, Usage(calls=1, answered={self.name: 1}))


class Answering:
    """A model that answers each call with what a function makes of it, and keeps the calls."""

    name = "openai:stand-in"
    role: Role = "coder"

    def __init__(self, answer: Callable[[Call], Reply]) -> None:
        self._answer = answer
        self.calls: list[Call] = []

    async def ask(self, call: Call) -> Reply:
        self.calls.append(call)
        return self._answer(call)


@pytest.fixture
def answering() -> type[Answering]:
    """A stand-in for the model inside a wrapper."""
    return Answering


@pytest.fixture
async def state(settings: Settings) -> AsyncIterator[Redis]:
    """A server of the test's own."""
    async with open_state(settings) as redis:
        yield redis
