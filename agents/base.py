"""The promise of an agent: a role, given a task and what it may use, does it and says what that took."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..models import Model
from ..state.records import Event, Instruction, Usage

Emit = Callable[[Event], Awaitable[object]]
"""Where an agent tells what happens."""

Instructions = Callable[[str, int], Awaitable[tuple[Instruction, ...]]]
"""What a person says while an agent works: what call `index` of a step is the first to be told, the same for ever."""


async def nothing_said(step: str, index: int) -> tuple[Instruction, ...]:
    """Nobody says anything."""
    return ()


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
    instructions: Instructions = nothing_said


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
