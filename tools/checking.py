from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..state.records import CheckResult, Finding
from .base import Arguments, Checked, Tool, Workbench

_DETAIL = 1500  # characters of one finding's detail
_FULL = 6  # findings with their detail
_IDLE = re.compile(r"^E +(Use -v to get more diff|\.\.\.Full output truncated.*)?\n?", re.MULTILINE)
"""Lines of pytest that say nothing."""
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
    findings = checked.report.remarks
    lines = [GREEN] if checked.green else []
    lines += _results(checked.report.results)
    lines += describe_findings(checked.left, checked.told)
    lines += _aside(len({found.signature for found in findings} & checked.aside))
    return "\n".join([*lines, *_left([found for found in findings if found.signature in checked.old])])


def describe_findings(findings: Sequence[Finding], told: Collection[str] = ()) -> list[str]:
    """Each finding as text for a model, in full or bare (`in_full`), and nothing said twice: each call pays for it."""
    full = in_full(findings, told)
    return [_brief(found if _name(found) in full else _bare(found)) for found in findings]


def in_full(findings: Sequence[Finding], told: Collection[str] = ()) -> frozenset[str]:
    """The findings, named by signature and message, that are worth their detail.

    The first few that were not `told` in full before, and of the cases of one test that fail alike the first. A fault
    whose message has changed is a new one.
    """
    full: dict[str, str] = {}
    for found in findings:
        test, _, case = (found.rule or "").partition("[")
        alike = f"{test}\n{found.message}" if case else _name(found)
        if _name(found) not in told and alike not in full and len(full) < _FULL:
            full[alike] = _name(found)
    return frozenset(full.values())


def describe_finding(finding: Finding) -> str:
    """One finding as text, with the hint as its last line."""
    return _text(finding, finding.place, finding.message, finding.detail[-_DETAIL:])


def _brief(finding: Finding) -> str:
    place = finding.place
    if finding.file and (finding.rule or "").startswith(f"{finding.file}::"):
        place = f"line {finding.line}" if finding.line else ""
    detail = _IDLE.sub("", finding.detail)[-_DETAIL:]
    return _text(finding, place, "" if finding.message in detail else finding.message, detail)


def _text(finding: Finding, place: str, message: str, detail: str) -> str:
    head = " ".join(filter(None, (f"[{finding.check}]", finding.rule, place, message)))
    hint = f"hint: {' '.join(finding.hint.split())}" if finding.hint else ""
    return "\n".join(filter(None, (head, detail, hint)))


def _name(found: Finding) -> str:
    return f"{found.signature}\n{found.message}"


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
