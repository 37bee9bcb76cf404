from __future__ import annotations

from pydantic import Field

from ..state.records import ProblemKind
from ..telemetry import hindered
from .base import Arguments, Tool, Workbench


class ReportProblem(Arguments):
    """Arguments of `report_problem`."""

    problem: str = Field(min_length=1)
    kind: ProblemKind = "other"


async def report_problem(bench: Workbench, args: ReportProblem) -> str:
    """Report what keeps you from doing the task as it is written, and of which kind it is.

    A fact that you need and were not told, a tool that does not work, instructions (such as a criterion, an interface
    or a test) that contradict each other, or something else.
    """
    hindered(args.kind)
    return "noted; go on with what can be done"


class DisputeTest(Arguments):
    """Arguments of `dispute_test`."""

    test: str = Field(min_length=1)
    """Its id, as the findings name it."""
    reason: str = Field(min_length=1)


async def dispute_test(bench: Workbench, args: DisputeTest) -> str:
    """Say that a locked test contradicts the criterion it is named after, and why.

    The architect rules on it, from the criterion and the test alone; where it agrees, the test is rewritten.
    """
    return "noted; the architect rules on it when you are done"


REPORT_PROBLEM = Tool("report_problem", ReportProblem, report_problem)
DISPUTE_TEST = Tool("dispute_test", DisputeTest, dispute_test)
