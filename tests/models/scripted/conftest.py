from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from slipway.models.endpoints import Endpoint
from slipway.models.scripted import Script, load_script, serving


@dataclass
class Talk:
    """A conversation of one role, over real HTTP; its tools' results are given by the test."""

    http: httpx.Client
    role: str
    opening: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.messages = [
            {"role": "system", "content": f"# Role: {self.role}\n\nYou write software."},
            {"role": "user", "content": self.opening},
        ]

    def ask(self) -> httpx.Response:
        return self.http.post("/chat/completions", json={"model": "tally", "messages": self.messages})

    def turn(self, result: Callable[[str, dict[str, Any]], str]) -> dict[str, Any]:
        """Ask, keep the reply, and answer each of its tool calls with what `result` returns for name and arguments."""
        response = self.ask()
        assert response.status_code == 200, response.text
        message: dict[str, Any] = response.json()["choices"][0]["message"]
        self.messages.append(message)
        for call in message.get("tool_calls", ()):
            name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
            self.messages.append({"role": "tool", "tool_call_id": call["id"], "content": result(name, arguments)})
        return message


@pytest.fixture(scope="session")
def tally() -> Script:
    return load_script("tally")


@pytest.fixture(scope="session")
def endpoint(tally: Script) -> Iterator[Endpoint]:
    with serving(tally) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def http(endpoint: Endpoint) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=endpoint.base_url) as client:
        yield client


@pytest.fixture(scope="session")
def talk(http: httpx.Client) -> Callable[[str, str], Talk]:
    return lambda role, opening: Talk(http, role, opening)
