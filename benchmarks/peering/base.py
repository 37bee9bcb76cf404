"""What is compared: systems that develop software, each on the same tasks, with the same simulated developer behind it.

A cell is one system on one task under one seed: a request, or several in order on what the one before left.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from slipway.config.task import Task

SLIPWAY, MINI, DEEP = "slipway", "mini-swe-agent", "deepagents"
PEERS = (MINI, DEEP)
SYSTEMS = (SLIPWAY, *PEERS)

ENDED = frozenset({"done", "bound", "gave_up", "conflict", "failed", "over_budget", "RepeatedFormatError"})
"""How a loop may stop that has an outcome; anything else (an error, a time limit, a process that died) is none."""


@dataclass(frozen=True)
class Call:
    """One model call, as the endpoint saw it: the same counter for every system."""

    arrived: float
    """Seconds of a clock that all calls of a cell share."""
    left: float
    """When the answer went out."""
    prompt: int
    cached: int
    completion: int
    seconds: float
    """What it takes in the simulation."""
    role: str
    """The part that the developer played, or else whom the prompt addresses; empty where neither is told."""
    missing: tuple[str, ...]
    """The kinds of facts that it lacked."""
    red: bool
    """It brings a new report of something that fails."""
    wasted: bool
    """The step before it changed nothing: it was done before, with the same result, or the request was made before."""


@dataclass(frozen=True)
class Left:
    """What a system left of one request."""

    stopped: str
    """How its loop ended; `done` is its own word for it."""
    said: str
    files: Mapping[str, bytes] | None
    """The project's files; None: it handed over nothing that could be judged."""
    handed_over: bool = True
    """Whoever asked has the files now; else the system itself holds them back."""


@dataclass(frozen=True)
class Leg:
    """One request of a cell, judged."""

    stopped: str
    said: str
    accepted: bool
    """The hidden check accepts the files."""
    handed_over: bool
    calls: tuple[Call, ...]

    @property
    def succeeded(self) -> bool:
        """The files are right, and whoever asked has them."""
        return self.accepted and self.handed_over

    @property
    def has_outcome(self) -> bool:
        """Its loop came to an end of its own."""
        return self.stopped in ENDED


@dataclass(frozen=True)
class Cell:
    """One system on one task under one seed."""

    system: str
    task: str
    family: str
    seed: int
    half: str
    """`seen`, `unseen`; empty where nobody told."""
    legs: tuple[Leg, ...]
    seconds: float
    """Wall time."""

    @property
    def succeeded(self) -> bool:
        """Every request did."""
        return all(leg.succeeded for leg in self.legs)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Of all requests, in order."""
        return tuple(call for leg in self.legs for call in leg.calls)


class Desk(Protocol):
    """A system at work on one project."""

    async def ask(self, request: str) -> Left:
        """Have `request` worked on, in a new conversation, to its end."""
        ...


class Team(Protocol):
    """A system."""

    @property
    def name(self) -> str:
        """One of `SYSTEMS`."""
        ...

    def at_work(self, task: Task, base_url: str, model: str) -> AbstractAsyncContextManager[Desk]:
        """At work on a new copy of the project that `task` begins with, asking `model` at `base_url`."""
        ...
