from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any

# pydantic and LangGraph need this one on Python < 3.12.
from typing_extensions import TypedDict


class RunState(TypedDict):
    """What a checkpoint holds of a run: small and JSON only.

    Files are in the project store; here are only the ids of versions and the digest of the last report.
    """

    request: str
    brief: dict[str, Any]
    plan: dict[str, Any]
    version: str
    """The newest version of the run's branch."""
    wave: int
    """How many waves of components are written."""
    rounds: int
    """How many repairs were tried."""
    report: str
    """Digest of the last check report."""
    green: bool
    signatures: list[str]
    """Of the faults that block, in the last report."""
    baseline: list[str]
    """Signatures of the faults that were there before the run; they are not its to repair, and do not block it."""
    vacuous: list[str]
    """Tests that passed before there was anything to test; they prove nothing."""
    unproven: list[str]
    """Criteria without evidence in the last report."""
    stages: Annotated[list[dict[str, Any]], operator.add]
    status: str
    reason: str


class Writing(TypedDict):
    """What one branch of a wave is told: the component it writes, and the version it starts from."""

    component: str
    version: str
    brief: dict[str, Any]
    plan: dict[str, Any]


@dataclass
class RunContext:
    """What is the same for a whole run, as plain JSON. The run's id is LangGraph's thread id."""

    fix_rounds: int = 3
    """Repairs before the run gives up."""
    lineup: str = "auto"
    """Used only where another platform runs the graph, so that the run has no record yet."""
    project: str = ""
    """Likewise."""
