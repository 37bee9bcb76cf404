from __future__ import annotations

from pydantic import Field

from .base import Arguments, Tool, Workbench


class ReportProblem(Arguments):
    """Arguments of `report_problem`."""

    problem: str = Field(min_length=1)


async def report_problem(bench: Workbench, args: ReportProblem) -> str:
    """Report what keeps you from doing the task as it is written: a contradiction, a wrong interface, a wrong test."""
    return "noted; go on with what can be done"


REPORT_PROBLEM = Tool("report_problem", ReportProblem, report_problem)
