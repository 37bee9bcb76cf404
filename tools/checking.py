from __future__ import annotations

from collections.abc import Sequence

from ..state.records import CheckResult, Finding
from .base import Arguments, Checked, Tool, Workbench, telling

_DETAIL = 1500  # characters of one finding's detail
_OLD = 20  # old faults that are named
GREEN = "Nothing is left to be repaired."
"""How what the checks say begins where that is so."""
_LEAVE = "it was there before this run: leave it, unless your task is about it"


class RunChecks(Arguments):
    """Arguments of `run_checks`: none."""


async def run_checks(bench: Workbench, args: RunChecks) -> str:
    """Run the checks (syntax, lint, tests) on the project as it stands."""
    return describe(await bench.check())


def describe(checked: Checked) -> str:
    """What the checks say as text for a model: what passed, a line for every other check, the findings.

    A finding has its detail where it is told for the first time; old ones come last, and short. Where nothing is left
    to be repaired, that stands above all.
    """
    findings = [found for result in checked.report.results for found in result.findings]
    own = [found for found in findings if found.signature not in checked.old | checked.aside]
    lines = [GREEN] if checked.green else []
    lines += _results(checked.report.results)
    lines += [describe_finding(_bare(found) if telling(found) in checked.told else found) for found in own]
    lines += _aside(len({found.signature for found in findings} & checked.aside))
    return "\n".join([*lines, *_left([found for found in findings if found.signature in checked.old])])


def describe_finding(finding: Finding) -> str:
    """One finding as text for a model, with the hint as its last line."""
    head = " ".join(part for part in (f"[{finding.check}]", finding.rule, finding.place, finding.message) if part)
    hint = f"hint: {' '.join(finding.hint.split())}" if finding.hint else ""
    return "\n".join(part for part in (head, finding.detail[-_DETAIL:], hint) if part)


def _left(old: Sequence[Finding]) -> list[str]:
    """Old faults, a line each: a model would spend calls on what it is told more of."""
    lines = [f"{describe_finding(_bare(found))} ({_LEAVE})" for found in old[:_OLD]]
    return [*lines, f"and {len(old) - _OLD} more that were there before this run"] if len(old) > _OLD else lines


def _bare(found: Finding) -> Finding:
    return found.model_copy(update={"detail": "", "hint": ""})


def _aside(number: int) -> list[str]:
    return [f"{number} more are of what others write meanwhile: leave them"] if number else []


def _results(results: Sequence[CheckResult]) -> list[str]:
    """What became of each check: those that just passed share a line, and no time is told, which would differ."""
    told = [result for result in results if result.status != "not_applicable"]
    plain = [result.check for result in told if result.status == "passed" and not (result.tests or result.reason)]
    lines = [f"{', '.join(plain)}: passed"] if plain else []
    return [*lines, *(_line(result) for result in told if result.check not in plain)]


def _line(result: CheckResult) -> str:
    tests = f", {sum(t.status == 'passed' for t in result.tests)} of {len(result.tests)} tests passed"
    reason = f" ({result.reason})" if result.reason else ""
    return f"{result.check}: {result.status}{tests if result.tests else ''}{reason}"


RUN_CHECKS = Tool("run_checks", RunChecks, run_checks)
