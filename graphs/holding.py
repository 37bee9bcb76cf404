"""Tests that nobody who writes or repairs the code gets to see.

Code that was bent to the values of the tests it failed passes them, and does not do what was asked for; other values,
which it cannot know, tell. Of a held-out test that fails, only its criterion is said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..checks import criterion_of
from ..state.records import Finding, Plan

_NAME = "test_held_out"
_WHY = "tests that you cannot see try other values than those that you can; do it for all values"


def held_out(plan: Plan) -> tuple[str, ...]:
    """The test files of `plan` that are held out: those whose name begins with `test_held_out`."""
    return tuple(filter(is_held_out, plan.tests))


def is_held_out(path: str) -> bool:
    """Whether a file of tests is held out, by its name."""
    return path.rpartition("/")[2].startswith(_NAME)


def as_told(findings: Sequence[Finding], held: Collection[str]) -> list[Finding]:
    """`findings` as they may be shown to whoever repairs: without what the held-out tests in the files `held` try."""
    first = next((found for found in findings if found.file in held), None)
    return [
        _without_values(found, _WHY * (found is first)) if found.file in held
        # What belongs to no file may be the output of a whole run of the tests.
        else found if found.file or not held
        else found.model_copy(update={"detail": ""})
        for found in findings
    ]  # fmt: skip


def _without_values(finding: Finding, hint: str) -> Finding:
    criterion = criterion_of(finding.rule or "")
    what = f"criterion {criterion} does not hold" if criterion else "what was asked for does not hold"
    return finding.model_copy(update={"message": f"{what} for other values", "detail": "", "hint": hint, "line": None})
