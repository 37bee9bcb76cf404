from __future__ import annotations

from collections.abc import Sequence

from ..state.records import CheckResult, Finding
from .base import Arguments, Checked, Tool, Workbench

_DETAIL = 1500  # characters of one finding's detail
_OLD = 20  # old faults that are named
_LEAVE = "it was there before this run: leave it, unless your task is about it"


class RunChecks(Arguments):
    """Arguments of `run_checks`: none."""


async def run_checks(bench: Workbench, args: RunChecks) -> str:
    """Run the checks (syntax, lint, tests) on the project as it stands."""
    return describe(await bench.check())


def describe(checked: Checked) -> str:
    """What the checks say as text for a model: a line a check, every finding with its detail, then the old ones."""
    findings = [finding for result in checked.report.results for finding in result.findings]
    lines = [_line(result) for result in checked.report.results if result.status != "not_applicable"]
    lines += [describe_finding(finding) for finding in findings if finding.signature not in checked.old]
    return "\n".join([*lines, *_left([finding for finding in findings if finding.signature in checked.old])])


def describe_finding(finding: Finding) -> str:
    """One finding as text for a model, with the hint as its last line."""
    head = " ".join(part for part in (f"[{finding.check}]", finding.rule, finding.place, finding.message) if part)
    hint = f"hint: {' '.join(finding.hint.split())}" if finding.hint else ""
    return "\n".join(part for part in (head, finding.detail[-_DETAIL:], hint) if part)


def _left(old: Sequence[Finding]) -> list[str]:
    """Old faults, a line each: a model would spend calls on what it is told more of."""
    short = [finding.model_copy(update={"detail": "", "hint": ""}) for finding in old[:_OLD]]
    lines = [f"{describe_finding(finding)} ({_LEAVE})" for finding in short]
    return [*lines, f"and {len(old) - _OLD} more that were there before this run"] if len(old) > _OLD else lines


def _line(result: CheckResult) -> str:
    tests = f", {sum(t.status == 'passed' for t in result.tests)} of {len(result.tests)} tests passed"
    return (
        f"{result.check}: {result.status}{tests if result.tests else ''} in {result.seconds:.2f} s"
        f"{' (' + result.reason + ')' if result.reason else ''}"
    )


RUN_CHECKS = Tool("run_checks", RunChecks, run_checks)
