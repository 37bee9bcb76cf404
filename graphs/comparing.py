"""What a run did to what was there before: pure functions over two reports."""

from __future__ import annotations

from collections.abc import Collection

from ..checks.browser import MISWRITTEN
from ..checks.findings import finding
from ..state.records import CheckReport, Finding, Plan

_TESTS = "tests"
_RUN_TESTS = (_TESTS, "js-tests", "browser")
"""Checks that run tests: what they find at one is what the software did there."""


def blocking(report: CheckReport, before: CheckReport | None, baseline: Collection[str]) -> list[Finding]:
    """What keeps a version from being delivered.

    A fault that was there before the run is not the run's, nor is a test that failed before and fails in another way
    now. A test that passed before, and is gone or skipped now, is a fault: that is how regressions are hidden.
    """
    failed = _ids(before, "failed", "error")
    found = [f for f in report.findings if f.signature not in baseline and not (f.check == _TESTS and f.rule in failed)]
    return [*found, *_vanished(report, before)]


def unwritten(plan: Plan, files: Collection[str]) -> list[Finding]:
    """What the plan promises and nobody wrote; one that is open promises nothing."""
    if plan.open:
        return []
    promised = [(path, component.id) for component in plan.components for path in component.files]
    said = "it is in the plan, as a file of component {}, and is not there; write it"
    return [finding("plan", said.format(name), file=path) for path, name in promised if path not in files]


def of_tests(found: Finding, plan: Plan) -> bool:
    """Whether a fault is in a test of the plan rather than in what it tests."""
    return found.file in plan.tests and (found.check not in _RUN_TESTS or found.rule == MISWRITTEN)


def _vanished(report: CheckReport, before: CheckReport | None) -> list[Finding]:
    if not any(result.check == _TESTS for result in report.results):
        return []
    there = _ids(report, "passed", "failed", "error")
    said = "passed before this run, and does not run any more; put it back"
    return [
        finding(_TESTS, said, rule=test, file=test.partition("::")[0])
        for test in sorted(_ids(before, "passed") - there)
    ]


def _ids(report: CheckReport | None, *statuses: str) -> set[str]:
    return {test.id for test in report.tests if test.status in statuses} if report else set()
