"""Tests that nobody who writes or repairs the code gets to see.

Code that was bent to the values of the tests it failed passes them, and does not do what was asked for; other values,
which it cannot know, tell. Of a held-out test that fails, only its criterion is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..checks import criterion_of
from ..state.records import Finding, Plan

_NAME = "test_held_out"


def held_out(plan: Plan) -> tuple[str, ...]:
    """The test files of `plan` that are held out: those whose name begins with `test_held_out`."""
    return tuple(filter(is_held_out, plan.tests))


def is_held_out(path: str) -> bool:
    """Whether a file of tests is held out, by its name."""
    return path.rpartition("/")[2].startswith(_NAME)


def as_told(findings: Sequence[Finding], plan: Plan) -> list[Finding]:
    """`findings` as they may be shown to whoever repairs: without what held-out tests try."""
    held = held_out(plan)
    return [_without_values(finding) if finding.file in held else finding for finding in findings]


def _without_values(finding: Finding) -> Finding:
    criterion = criterion_of(finding.rule or "")
    what = f"criterion {criterion} does not hold" if criterion else "the code does not do what was asked for"
    message = f"{what} for other values than the tests try that you can see; do it for all values"
    return finding.model_copy(update={"message": message, "detail": "", "line": None})
