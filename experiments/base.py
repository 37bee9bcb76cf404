"""What an experiment is: line-ups compared on tasks, each as often as its seeds and repeats say.

    Spec         what a person wrote
    Experiment   the spec with its names resolved, and its cells
    Cell         one line-up on one task, with one seed, for the n-th time
    Work         what is under way for a cell
    Result       what came of a cell, or why nothing did; of each of its task's requests a `RequestResult`

All of it is JSON, and complete enough to report on without the runs that it names.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import add
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, StringConstraints

from ..config import Lineup
from ..config.pack import SLUG
from ..config.task import Family
from ..state.records import Problem, Record, Status, Usage

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Standing = Literal["running", "done", "over_budget", "paused"]
"""How an experiment stands. `done`: of each cell there is a result, or the reason why there is none."""

Counts = dict[str, dict[str, int]]
"""Kind -> role -> how often."""


def _named_or_written(given: object) -> object:
    if not isinstance(given, str | Mapping):
        raise ValueError(f"must be the name of a line-up, its file, or a line-up, not {given!r}")
    return given


Given = Annotated[str | dict[str, Any], BeforeValidator(_named_or_written)]
"""A line-up's name, its file, or itself."""


class RunCaps(Record):
    """What each run may take; None is what the settings say. As `slipway build` has them."""

    max_cost: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """USD."""
    max_tokens: int | None = Field(default=None, gt=0)
    max_steps: int | None = Field(default=None, gt=0)
    """Model calls."""
    max_seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class Spec(Record):
    """What a person wrote of an experiment."""

    name: Slug
    """Its identity: what was done under a name is not done again."""
    suite: Annotated[str, Field(min_length=1)]
    """A shipped suite's name, or a folder."""
    tasks: tuple[str, ...] = ("*",)
    """Which of its tasks: ids, patterns of ids such as `change-*`, families."""
    lineups: dict[Slug, Given] = Field(min_length=1)
    """Label -> a line-up's name, its file, or itself."""
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(default=(0,), min_length=1)
    """Of simulated models; others know none."""
    repeats: int = Field(default=1, gt=0)
    """How often each line-up does each task with each seed."""
    parallel: int = Field(default=1, gt=0)
    """Cells at the same time."""
    budget_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What all that is ever done under its name may cost together."""
    limits: RunCaps = RunCaps()
    settings: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """Settings of its runs that are not the usual ones, by keys such as `limits.mutants`."""

    @property
    def terms(self) -> str:
        """What else decides how a cell comes out: a digest of the limits and settings of its runs."""
        return _digest(self.model_dump_json(include={"limits", "settings"}))


class Cell(Record):
    """One line-up on one task, with one seed, for the n-th time."""

    lineup: str
    """Its label."""
    lineup_digest: str
    """Of the line-up as it is, without the seed."""
    task: str
    task_digest: str
    family: Family
    seed: int
    repeat: int
    """From 1."""
    terms: str
    """`Spec.terms`."""

    @property
    def key(self) -> str:
        """Its identity: the same cell is not done twice."""
        return _digest(self.model_dump_json(exclude={"family"}))

    def __str__(self) -> str:
        """For people."""
        return f"{self.lineup} {self.task} seed {self.seed}" + (f" ({self.repeat})" if self.repeat > 1 else "")


class Experiment(Record):
    """A spec with its names resolved, and its cells."""

    spec: Spec
    suite: str
    """A shipped suite's name, or an absolute folder."""
    lineups: dict[str, Lineup]
    """By label."""
    cells: tuple[Cell, ...]
    """In the order in which they are begun."""
    created: datetime

    @property
    def name(self) -> str:
        """Its identity."""
        return self.spec.name


class RequestResult(Record):
    """What came of one request of a task."""

    run: str
    """The run that did it, whose trace and journal tell more."""
    status: Status
    reason: str = ""
    version: str | None = None
    """The version that was judged; None where there was none."""
    accepted: bool | None
    """What the hidden acceptance check said of that version; without one nothing is accepted."""
    said: str = ""
    """The end of that check's output."""
    usage: Usage = Usage()
    by_role: dict[str, Usage] = Field(default_factory=dict[str, Usage])
    by_stage: dict[str, Usage] = Field(default_factory=dict[str, Usage])
    seconds: float = 0.0
    """Wall time of all passages of the run."""
    stage_seconds: dict[str, float] = Field(default_factory=dict[str, float])
    """Of the steps of a stage, one after the other; those of one wave overlap."""
    spent_usd: float = 0.0
    """What the run's ledger was charged: calls that died in flight at their worst case."""
    repairs: int = 0
    asked_twice: int = 0
    """Calls that were in flight when a process died, and had to be made again."""
    misses: Counts = Field(default_factory=Counts)
    """What a simulated model lacked to do its part: kind of fact -> role -> how often."""
    problems: tuple[Problem, ...] = ()
    """What agents reported that hindered them."""
    questions: tuple[str, ...] = ()
    """What the person of the task was asked."""


class Work(Record):
    """What is under way for a cell; recorded before it begins."""

    project: str
    done: tuple[RequestResult, ...] = ()
    """The requests that are done."""
    run: str | None = None
    """The run of the next one."""
    cancelled_usd: float = 0.0
    """What runs of it that somebody cancelled were charged."""


class Result(Record):
    """What came of a cell."""

    cell: Cell
    requests: int = Field(gt=0)
    """How many its task has."""
    steps: tuple[RequestResult, ...] = ()
    """Of each request that was made; none is made on what was not delivered."""
    cancelled_usd: float = 0.0
    """What runs of it that somebody cancelled were charged; others took their place."""
    error: str = ""
    """Why the cell could not be done; the next time that the experiment is run, it goes on."""
    finished: datetime

    @property
    def succeeded(self) -> bool | None:
        """Every request was delivered, and its hidden check accepted it; None where the cell could not be done."""
        if self.error:
            return None
        return len(self.steps) == self.requests and all(s.status == "delivered" and s.accepted for s in self.steps)

    @property
    def accepted(self) -> bool | None:
        """The hidden check accepted every request, whatever the run said of itself; None: it could not be done."""
        return None if self.error else len(self.steps) == self.requests and all(s.accepted for s in self.steps)

    @property
    def usage(self) -> Usage:
        """Of all requests."""
        return reduce(add, (step.usage for step in self.steps), Usage())

    @property
    def by_role(self) -> dict[str, Usage]:
        """Of all requests, by who asked a model."""
        return _added(step.by_role for step in self.steps)

    @property
    def by_stage(self) -> dict[str, Usage]:
        """Of all requests, by stage."""
        return _added(step.by_stage for step in self.steps)

    @property
    def seconds(self) -> float:
        """Of all requests."""
        return sum(step.seconds for step in self.steps)

    @property
    def spent_usd(self) -> float:
        """Of all its runs."""
        return self.cancelled_usd + sum(step.spent_usd for step in self.steps)

    @property
    def misses(self) -> Counts:
        """Of all requests."""
        kinds = dict.fromkeys(kind for step in self.steps for kind in step.misses)
        counted = {kind: sum((Counter(s.misses.get(kind, {})) for s in self.steps), Counter[str]()) for kind in kinds}
        return {kind: dict(roles) for kind, roles in counted.items()}


FINAL: frozenset[Status] = frozenset({"delivered", "gave_up", "conflict", "failed", "over_budget"})
"""How a run is left when it has done what it could under its limits."""


def _added(parts: Iterable[Mapping[str, Usage]]) -> dict[str, Usage]:
    total: dict[str, Usage] = {}
    for part in parts:
        for name, usage in part.items():
            total[name] = total.get(name, Usage()) + usage
    return total


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = [
    "FINAL", "Cell", "Counts", "Experiment", "RequestResult", "Result", "RunCaps", "Spec", "Standing", "Work",
]  # fmt: skip
