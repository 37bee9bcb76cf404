"""What tests of models share: a real server for the state, and a model that answers from a function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from slipway.config import Role, Settings
from slipway.models import Call, Reply
from slipway.state import open_state


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
