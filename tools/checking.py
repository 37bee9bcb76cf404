from __future__ import annotations

from ..state.records import CheckReport, CheckResult, Finding
from .base import Arguments, Tool, Workbench

_DETAIL = 1500  # characters of one finding's detail


class RunChecks(Arguments):
    """Arguments of `run_checks`: none."""


async def run_checks(bench: Workbench, args: RunChecks) -> str:
    """Run the checks (syntax, lint, tests) on the project as it stands."""
    return describe(await bench.check())


def describe(report: CheckReport) -> str:
    """A report as text for a model: a line a check, then every finding with its detail."""
    lines = [_line(result) for result in report.results]
    lines += [describe_finding(finding) for result in report.results for finding in result.findings]
    return "\n".join(lines)


def describe_finding(finding: Finding) -> str:
    """One finding as text for a model."""
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file or ""
    head = " ".join(part for part in (f"[{finding.check}]", finding.rule, place, finding.message) if part)
    return f"{head}\n{finding.detail[-_DETAIL:]}" if finding.detail else head


def _line(result: CheckResult) -> str:
    tests = f", {sum(t.status == 'passed' for t in result.tests)} of {len(result.tests)} tests passed"
    return (
        f"{result.check}: {result.status}{tests if result.tests else ''} in {result.seconds:.2f} s"
        f"{' (' + result.reason + ')' if result.reason else ''}"
    )


RUN_CHECKS = Tool("run_checks", RunChecks, run_checks)
