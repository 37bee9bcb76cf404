from __future__ import annotations

from typing import NamedTuple

from langgraph.errors import GraphRecursionError

from ..agents import AgentError
from ..models import ModelError, NotRecorded
from ..sandboxes import SandboxError
from ..state import OverBudget, OverQuota, StateConflict
from ..state.records import Cause, Status


class Verdict(NamedTuple):
    """How an error leaves a run."""

    status: Status
    cause: Cause | None
    reason: str


EXPECTED = (AgentError, ModelError, SandboxError, OverBudget, OverQuota, StateConflict, GraphRecursionError)
"""What may end or park a run. Anything else is a bug, or a state that cannot be written to, and is raised."""


def judge(error: Exception, run: str) -> Verdict:
    """What an expected error means for the run: what may pass by itself parks it, what will not ends it."""
    said, resume = str(error), f"slipway resume {run}"
    match error:
        case OverBudget():
            return Verdict("over_budget", "budget", said)
        case OverQuota():
            return Verdict("paused", "quota", f"{said}; then: {resume}")
        case NotRecorded():
            return Verdict("failed", None, said)
        case ModelError():
            return Verdict("paused", "model", f"{said}; then: {resume}")
        case SandboxError():
            return Verdict("paused", "sandbox", f"{said}; then: {resume}")
        case StateConflict():
            return Verdict("conflict", None, said)
        case GraphRecursionError():
            return Verdict("gave_up", None, "the run took more steps than a run may take")
        case _:
            return Verdict("failed", None, said)
