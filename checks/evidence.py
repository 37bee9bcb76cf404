from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..state.records import Brief, CheckReport, Criterion, Evidence, TestResult

_CRITERION = re.compile(r"::(?:.*\.)?test_(c\d+)(?:_|$)", re.IGNORECASE)


def criterion_of(test: str) -> str | None:
    """The id of the criterion that a test is named after: `tests/test_x.py::test_c3_rounds` proves `C3`."""
    found = _CRITERION.search(test.partition("[")[0])
    return found.group(1).upper() if found else None


def evidence(
    brief: Brief,
    report: CheckReport | None,
    test_files: Collection[str] = (),
    vacuous: Collection[str] = (),
    *,
    named: bool = True,
) -> tuple[Evidence, ...]:
    """What `report` shows of each criterion: proven where it has tests and all of them passed.

    Only tests of the run's own `test_files` count: those of earlier runs are named after other criteria. Tests that are
    `vacuous`, as they passed before there was anything to test, prove nothing but that what was `kept` still holds.
    Where criteria are not `named`, as nobody made any, every test is one of each criterion.
    """
    ran = [(result.check, test) for result in report.results for test in result.tests] if report else []
    tests = [(check, test) for check, test in ran if test.id.partition("::")[0] in test_files]
    telling = [(check, test) for check, test in tests if test.id not in vacuous]
    return tuple(_of(criterion, tests if criterion.kept else telling, named) for criterion in brief.criteria)


def _of(criterion: Criterion, tests: Sequence[tuple[str, TestResult]], named: bool) -> Evidence:
    own = [(check, test) for check, test in tests if not named or criterion_of(test.id) == criterion.id]
    ids = tuple(test.id for _, test in own)
    if not any(test.status in ("passed", "failed", "error") for _, test in own):
        return Evidence(criterion=criterion.id, status="unproven", tests=ids)
    proven = all(test.status == "passed" for _, test in own)
    by = ", ".join(dict.fromkeys(check for check, _ in own))
    return Evidence(criterion=criterion.id, status="proven" if proven else "failed", check=by, tests=ids)
