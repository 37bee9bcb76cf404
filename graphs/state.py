from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

# pydantic and LangGraph need this one on Python < 3.12.
from typing_extensions import TypedDict

Move = Literal["write", "fix", "rethink", "escalate", "again", "rewrite", "strengthen", "sharpen", "retest", "merge"]
"""What led to a version: the first writing, a rung of the ladder, tests that prove more or notice more, tests that were
wrong, another run's changes."""
Ask = Literal["never", "auto", "always"]
Approve = Literal["never", "plan", "all"]


class Round(TypedDict):
    """What the checks said of one version."""

    move: Move
    version: str
    report: str
    """Digest of the check report."""
    signatures: list[str]
    """Of the faults that block."""
    passed: int
    """How many tests passed."""


class Mutated(TypedDict):
    """What the tests of one version noticed of faults that were put into it."""

    version: str
    results: str
    """Digest of the results."""
    unnoticed: list[str]
    """What they have to notice and do not, as texts for the tester; empty: they notice enough."""


class Dispute(TypedDict):
    """What the fixer says against a test."""

    test: str
    reason: str


class RunState(TypedDict):
    """What a checkpoint holds of a run: small and JSON only.

    Files are in the project store; here are only the ids of versions and the digests of reports.
    """

    request: str
    brief: dict[str, Any]
    plan: dict[str, Any]
    approval: Literal["approved", "changes", "rejected"]
    """What the person said to the plan last."""
    feedback: Annotated[list[str], operator.add]
    """What the person wants to be changed in the plan."""
    base: str
    """The version of the project that this run's changes are changes of."""
    version: str
    """The newest version of the run's branch."""
    wave: int
    """How many waves of components are written."""
    attempts: dict[str, int]
    """How often each component was written."""
    broken: dict[str, list[str]]
    """What is wrong with components of the wave that was just written, as texts for their writer."""
    move: Move
    """What led to `version`."""
    history: Annotated[list[Round], operator.add]
    """Every version that was judged, oldest first."""
    report: str
    """Digest of the last check report."""
    green: bool
    signatures: list[str]
    """Of the faults that block, in the last report."""
    baseline: list[str]
    """Signatures of the faults that were there before the run; they are not its to repair, and do not block it."""
    baseline_report: str
    """Digest of what the checks said before the run; empty where there was nothing to check."""
    mutated: Annotated[list[Mutated], operator.add]
    """Every version into which faults were put, oldest first."""
    weak: list[str]
    """Faults of the tests themselves, as texts for the tester: who repairs code may not mend them."""
    vacuous: list[str]
    """Tests that passed before there was anything to test; they prove nothing."""
    unproven: list[str]
    """Criteria without evidence in the last report."""
    confirmed: list[str]
    """Criteria that no check can prove, and that the person says are met or need not be."""
    disputes: list[Dispute]
    """What the fixer says against tests, until it is ruled on."""
    ruled: list[str]
    """Tests that were ruled on; each is rewritten at most once."""
    talk: str
    """Digest of what was said, where one agent has one conversation over all stages."""
    stages: Annotated[list[dict[str, Any]], operator.add]
    status: str
    reason: str


class Writing(TypedDict):
    """What one branch of a wave is told: the component it writes, and the version it starts from."""

    component: str
    version: str
    brief: dict[str, Any]
    plan: dict[str, Any]
    attempt: int
    """How often it was written before."""
    findings: list[str]
    """What was wrong with it then."""
    baseline_report: str
    """Digest of what the checks said before the run; empty where there was nothing to check."""
    talk: str
    """Digest of what was said before, where one agent has one conversation; else empty."""


@dataclass
class RunContext:
    """What is the same for a whole run, as plain JSON. The run's id is LangGraph's thread id."""

    fix_rounds: int = 6
    """Repairs before the run gives up."""
    mutants: int = 20
    """Faults that are put into each component before a delivery; 0: none."""
    ask: Ask = "never"
    """Which of the architect's questions are asked: none, those that matter, or all; the others are assumed."""
    approve: Approve = "never"
    """What the person is asked to approve: nothing, the plan, or the plan and the delivery."""
    stronger: bool = False
    """There is a stronger model than the fixer's to turn to."""
    off: list[str] = field(default_factory=list[str])
    """The roles that nobody has, as the line-up says."""
    history: Literal["stage", "full"] = "stage"
    """Whether each stage has a conversation of its own, as the line-up says."""
    lineup: str = "auto"
    """Used only where another platform runs the graph, so that the run has no record yet."""
    project: str = ""
    """Likewise."""
