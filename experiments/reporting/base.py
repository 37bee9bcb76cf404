"""What a report says of an experiment: line-ups, each in all and by family of tasks, and how they differ from one.

    Summary      all of it, and what is to be known before any of it is believed
    Group        a line-up on all tasks, or on those of a family
    Part         a stage or a role of it, and its shares
    Comparison   a line-up and the baseline, on the cells that both have

Whatever is not known is None, an `Estimate` that is not `known`, or is not there; never 0. A cell with an error counts
neither as a success nor as a failure, and is in no figure but those that are named after errors and `charged_usd`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...config.task import Family
from ...state.records import Usage
from ..base import Counts, Result
from ..statistics import Estimate, Paired


@dataclass(frozen=True)
class Part:
    """What a stage or a role took, and which share of all parts that is."""

    name: str
    tokens: int
    """In and out."""
    usd: float | None
    seconds: float | None
    """Of a stage its wall time, of a role the time of its models."""
    of_tokens: float | None
    of_usd: float | None
    of_seconds: float | None


@dataclass(frozen=True)
class PerSuccess:
    """What a successful outcome takes, whoever pays for the failures: everything over the number of successes."""

    usd: Estimate
    tokens: Estimate
    """In and out."""
    input_tokens: Estimate
    seconds: Estimate


@dataclass(frozen=True)
class Group:
    """A line-up on all tasks, or on those of a family."""

    lineup: str
    family: Family | None
    """None: all."""
    tasks: int
    cells: int
    """That were done."""
    errors: int
    """Cells that could not be done."""
    succeeded: int
    success: Estimate
    """The share of cells that succeeded, each task weighing the same."""
    accepted_only: int
    """Cells whose every request was accepted, though not every run delivered: good work that nobody got."""
    delivered_only: int
    """Cells whose every run delivered, though not every request was accepted: bad work that passed for good."""
    any_of: tuple[Estimate, ...]
    """pass@k for k from 1: over the tasks that have as many cells."""
    all_of: tuple[Estimate, ...]
    """pass^k, likewise."""
    per_success: PerSuccess
    usage: Usage
    """Of all its cells; the cost is None where that of a cell is not known."""
    seconds: float
    charged_usd: float
    """By the ledger, cells with errors and cancelled runs included."""
    error_usd: float
    """What of that cells with errors were charged, as far as their requests were done."""
    failed_share: float | None
    """Which share of the cost went into cells that failed."""
    stages: tuple[Part, ...]
    roles: tuple[Part, ...]
    repairs: int
    questions: int
    problems: Mapping[str, int]
    """Kind -> how many an agent reported."""
    misses: Counts
    """What simulated models lacked: kind of fact -> role -> how often."""
    statuses: Mapping[str, int]
    """How its runs ended: status -> how many."""


@dataclass(frozen=True)
class Comparison:
    """A line-up and the baseline on the cells that both have: same task as it was, same seed, same repeat."""

    lineup: str
    baseline: str
    family: Family | None
    """None: all."""
    tasks: int
    cells: int
    """That both have."""
    left_out: int
    """Cells that one of them has alone."""
    success: Paired
    """The line-up's rate less the baseline's."""
    p: float | None
    """Exact McNemar, corrected for all line-ups by Holm; None for a family, where nothing is tested."""
    usd: Estimate
    """What a cell of the line-up costs more than the baseline's."""
    tokens: Estimate
    seconds: Estimate
    times_usd: Estimate
    """What the line-up costs in all, as a multiple of the baseline's."""
    times_tokens: Estimate
    smallest: float
    """The smallest difference in success that so many tasks and repeats can see (80 % power)."""


@dataclass(frozen=True)
class Summary:
    """What a report says."""

    title: str
    about: tuple[str, ...]
    """What was run, in sentences."""
    lineups: tuple[str, ...]
    """In the order in which they are told."""
    baseline: str | None
    """None where there is no line-up."""
    tasks: int
    cells: int
    """That were done."""
    errors: int
    groups: tuple[Group, ...]
    """Each line-up in all, and then by family."""
    comparisons: tuple[Comparison, ...]
    """Of each other line-up with the baseline in all, and then by family."""
    failures: tuple[Result, ...]
    """Of cells that were done and did not succeed."""
    warnings: tuple[str, ...]
    """What is to be known before any of it is believed, in words."""

    @property
    def wholes(self) -> tuple[Group, ...]:
        """Each line-up in all."""
        return tuple(group for group in self.groups if group.family is None)
