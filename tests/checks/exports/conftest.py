"""A report with everything that an export has to tell."""

from __future__ import annotations

import pytest

from slipway.state import CheckReport, CheckResult, Finding, TestResult


@pytest.fixture
def report() -> CheckReport:
    """Checks that passed, failed, did not run, and one that only warns."""
    tests = (
        TestResult(id="tests/test_a.py::test_c1_adds", status="passed", seconds=0.25),
        TestResult(id="tests/test_a.py::TestB::test_c2[x::y]", status="failed", seconds=1.5),
        TestResult(id="tests/test_a.py::test_c3", status="error"),
        TestResult(id="tests/test_a.py::test_c4", status="skipped"),
    )
    failure = Finding(
        check="tests", message="assert 1 == 2", rule=tests[1].id, file="tests/test_a.py", line=9, detail="E  assert",
        signature="tests:2",
    )  # fmt: skip
    lost = Finding(check="tests", message="was taken out of the run", rule="tests/test_a.py::test_c5", signature="t:5")
    name = Finding(
        check="lint", message="Undefined name `b`", rule="F821", file="a b/ü.py", line=3, detail="a = b",
        hint="import it", signature="lint:1",
    )  # fmt: skip
    advice = Finding(check="advice", message="is long", severity="note", signature="advice:1")
    loud = Finding(check="types", message="did not run: no pyright", signature="types:1")
    results = (
        CheckResult(check="syntax", status="passed", seconds=0.1),
        CheckResult(check="lint", status="failed", findings=(name,), seconds=0.5),
        CheckResult(check="tests", status="failed", findings=(failure, lost), tests=tests, seconds=2),
        CheckResult(check="types", status="not_run", reason="no pyright", findings=(loud,)),
        CheckResult(check="advice", status="passed", blocking=False, findings=(advice,)),
    )
    return CheckReport(version="v1", results=results)
