"""What tests of agents share: real records, and a model that says what the test gives it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from langchain_core.messages import AIMessage

from slipway.agents import Desk
from slipway.config import Role
from slipway.models import Call, Reply
from slipway.state import Brief, Event, Plan, Usage


class Speaking:
    """A model that says the given messages, one a call, and keeps the calls."""

    name = "openai:stand-in"
    role: Role = "coder"

    def __init__(self, messages: Sequence[AIMessage]) -> None:
        self._messages = list(messages)
        self.calls: list[Call] = []

    async def ask(self, call: Call) -> Reply:
        self.calls.append(call)
        usage = Usage(calls=1, input_tokens=10, output_tokens=2, cost_usd=0.5, model_seconds=1.0)
        return Reply(self._messages[call.index], usage, journaled=call.index == 1)


@pytest.fixture
def events() -> list[Event]:
    """What the agent told."""
    return []


@pytest.fixture
def speaking() -> Callable[..., Speaking]:
    """Makes a stand-in for the model contract."""
    return lambda *messages: Speaking(messages)


@pytest.fixture
def desk(events: list[Event]) -> Callable[..., Desk]:
    """Puts a model at the step `code/amounts`."""

    async def emit(event: Event) -> None:
        events.append(event)

    return lambda model, max_calls=8: Desk("code/amounts", model, "v1", max_calls, emit)


@pytest.fixture(scope="session")
def brief() -> Brief:
    """A brief with everything that a brief can have."""
    return Brief.model_validate({
        "title": "tally",
        "goal": "Keep expenses.",
        "requirements": [{"id": "R1", "text": "Amounts are exact."}, {"id": "R2", "text": "They are listed."}],
        "criteria": [
            {"id": "C1", "text": "12.5 is 1250 cents.", "requirement": "R1"},
            {"id": "C2", "text": "`list` prints <all> & {{ more }}.", "requirement": "R2"},
        ],
        "assumptions": ["One currency."],
        "questions": ["Which currency?"],
    })  # fmt: skip


@pytest.fixture(scope="session")
def plan() -> Plan:
    """A plan of two components, one of which uses the other."""
    return Plan.model_validate({
        "summary": "Amounts and a command line.",
        "components": [
            {"id": "amounts", "purpose": "Read amounts.", "files": ["tally/amounts.py"],
             "interface": "parse(text) -> int"},
            {"id": "cli", "purpose": "The commands.", "files": ["tally/cli.py", "tally/__main__.py"],
             "interface": "main() -> int", "depends_on": ["amounts"]},
        ],
        "commands": {"start": "python -m tally"},
        "tests": ["tests/test_amounts.py", "tests/test_cli.py"],
    })  # fmt: skip
