"""The promise of an agent: a role, given a task and what it may use, does it and says what that took."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from langchain_core.messages import BaseMessage

from ..config import Role
from ..models import Model
from ..state.records import Event, Instruction, Problem, Usage

Part = Role | Literal["alone"]
"""Whose prompts are sent: a role's, or those of the one agent that does every stage."""

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
    context_bytes: int | None = None
    """How long the messages of a request may get before old results of tools are folded; None is `folding.BOUND`."""
    instructions: Instructions = nothing_said
    conventions: str = ""
    """What holds for projects of its kind."""
    part: Part | None = None
    """Whose prompts are sent; None: those of the role whose task it is."""
    before: Sequence[BaseMessage] = ()
    """What was said before in the same conversation, with its standing instructions first; empty: nothing."""


End = Literal["done", "limit", "unusable", "stuck"]
"""How work ended: it said, or the checks showed, that it is done; at its limit of calls; nothing could be used of
several replies in a row; it repeated itself."""


@dataclass(frozen=True)
class Disputed:
    """What an agent says against a test."""

    test: str
    reason: str


@dataclass(frozen=True)
class View:
    """What an agent is shown of a project before it begins; empty where there is none yet."""

    map: str = ""
    """Its files with their most important definitions."""
    guidance: Mapping[str, str] = field(default_factory=dict[str, str])
    """What its own files for agents say, by their paths; untrusted."""
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """The newest text of the files that are to be changed."""
    models: Mapping[str, str] = field(default_factory=dict[str, str])
    """How a project that follows the same conventions has files that are to be made."""


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
    executed: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """The files and lines of the project that failing tests executed, such as `shop/cart.py:3-9`, by test."""
    tried: Sequence[Tried] = ()
    anew: bool = False
    """What was tried did not help: another cause is to be looked for."""


@dataclass(frozen=True)
class Work:
    """What an agent did."""

    text: str
    """Its last words."""
    usage: Usage
    end: End = "done"
    why: str = ""
    """Of work that was ended before it was done, the reason."""
    mistakes: int = 0
    """Replies and calls that could not be used, and were answered with what was wrong."""
    problems: tuple[Problem, ...] = ()
    """What it reported to hinder it."""
    disputes: tuple[Disputed, ...] = ()
    """Tests that it says are wrong."""
    messages: tuple[BaseMessage, ...] = field(default=(), compare=False)
    """All that was said."""

    @property
    def finished(self) -> bool:
        """Whether it is done."""
        return self.end == "done"

    @property
    def note(self) -> str:
        """What is remarkable about it, for the record; mostly nothing."""
        stopped = () if self.finished else (self.why,)
        mistakes = (f"{self.mistakes} replies or calls could not be used",) if self.mistakes else ()
        return "; ".join((*stopped, *mistakes, *(f"reported: {problem}" for problem in self.problems)))


@dataclass(frozen=True)
class Proving:
    """How the checks go along with work: they run after each reply that changed files, and what they say is told."""

    owed: frozenset[str] = frozenset()
    """Files that have to be written before that is worth it."""
    ends: frozenset[str] | None = None
    """The work is done as soon as they have nothing left and these files were written as a whole, without the agent's
    word. None: nothing but its word tells whether all is there that is wanted."""


R = TypeVar("R")


@dataclass(frozen=True)
class Made(Generic[R]):
    """A record that an agent made."""

    record: R
    usage: Usage
    messages: tuple[BaseMessage, ...] = field(default=(), compare=False)
    """All that was said."""
