"""The promise of an agent: a role, given a task and what it may use, does it and says what that took."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..models import Model
from ..state.records import Event, Usage

Emit = Callable[[Event], Awaitable[object]]
"""Where an agent tells what happens."""


class AgentError(Exception):
    """An agent could not do its task; the message names the role, its model and the next step."""


@dataclass(frozen=True)
class Desk:
    """What an agent has at one step, apart from its tools."""

    step: str
    model: Model
    prompt: str
    """The version of its prompt files."""
    max_calls: int
    emit: Emit


@dataclass(frozen=True)
class Disputed:
    """What an agent says against a test."""

    test: str
    reason: str


@dataclass(frozen=True)
class Tried:
    """A repair that was tried."""

    patch: str
    """What it changed."""
    left: int
    """How many of the faults that it was about were still there after it."""


@dataclass(frozen=True)
class Attempt:
    """What a repair is shown."""

    findings: Sequence[str]
    sources: Mapping[str, str]
    """The newest text of the files that the findings are about."""
    tried: Sequence[Tried] = ()
    anew: bool = False
    """What was tried did not help: another cause is to be looked for."""


@dataclass(frozen=True)
class Work:
    """What an agent did."""

    text: str
    """Its last words."""
    usage: Usage
    finished: bool = True
    """False where it was stopped at its limit of calls."""
    problems: tuple[str, ...] = ()
    """What it reported to be wrong with its task."""
    disputes: tuple[Disputed, ...] = ()
    """Tests that it says are wrong."""

    @property
    def note(self) -> str:
        """What is remarkable about it, for the record; mostly nothing."""
        stopped = () if self.finished else ("stopped at its limit of calls",)
        return "; ".join((*stopped, *(f"reported: {problem}" for problem in self.problems)))


R = TypeVar("R")


@dataclass(frozen=True)
class Made(Generic[R]):
    """A record that an agent made."""

    record: R
    usage: Usage
