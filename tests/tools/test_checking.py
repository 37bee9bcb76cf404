"""What a model is told of a fault: what it is, where, and what to do."""

from __future__ import annotations

from slipway.state import CheckReport, CheckResult, Finding
from slipway.tools import Checked, describe_finding, describe_findings
from slipway.tools.checking import describe

FOUND = Finding(
    check="sql", message="built from strings", rule="S1", file="a.py", line=2, signature="sql:0", severity="warning",
    detail="execute(f'')", hint="give the values\nas parameters",
)  # fmt: skip


def test_the_hint_is_the_last_line() -> None:
    """It must not get lost behind a long detail, nor look like a part of it."""
    assert describe_finding(FOUND) == (
        "[sql] S1 a.py:2 built from strings\nexecute(f'')\nhint: give the values as parameters"
    )
    bare = FOUND.model_copy(update={"detail": ""})
    assert describe_finding(bare) == "[sql] S1 a.py:2 built from strings\nhint: give the values as parameters"


def test_an_old_fault_comes_without_its_hint() -> None:
    """It would invite a repair that nobody asked for."""
    result = CheckResult(check="sql", status="failed", findings=(FOUND,), seconds=1)
    assert describe(Checked(CheckReport(version="v", results=(result,)), frozenset({"sql:0"}))) == (
        "sql: failed\n[sql] S1 a.py:2 built from strings "
        "(it was there before this run: leave it, unless your task is about it)"
    )


def test_a_fault_is_told_in_full_once() -> None:
    """Each later request holds the first telling: repeated, it would be paid for twice with every call."""
    again, other = FOUND.model_copy(update={"message": "built from names"}), FOUND.model_copy(update={"file": "b.py"})
    result = CheckResult(check="sql", status="failed", findings=(FOUND, again, other))
    told = frozenset({"sql:0\nbuilt from strings"})
    assert describe(Checked(CheckReport(version="v", results=(result,)), told=told)).splitlines() == [
        "sql: failed",
        "[sql] S1 a.py:2 built from strings",
        "[sql] S1 a.py:2 built from names", "execute(f'')", "hint: give the values as parameters",
        "[sql] S1 b.py:2 built from strings",
    ]  # fmt: skip


def test_cases_of_one_test_that_fail_alike_are_told_once() -> None:
    """Seven cases of a test with the same traceback say nothing that one does not."""
    cases = [
        Finding(
            check="tests", rule=f"t.py::test_a[{n}]", file="t.py", line=3, message=why, detail="E", signature=str(n)
        )
        for n, why in enumerate(("no", "no", "yes"))
    ]
    assert describe_findings(cases) == [
        "[tests] t.py::test_a[0] line 3 no\nE",
        "[tests] t.py::test_a[1] line 3 no",
        "[tests] t.py::test_a[2] line 3 yes\nE",
    ]


def test_what_others_write_is_counted() -> None:
    """A coder that reads of faults that are none of its own repairs them, or waits for them."""
    other = FOUND.model_copy(update={"signature": "sql:1", "severity": "error"})
    results = (
        CheckResult(check="lint", status="passed"), CheckResult(check="types", status="passed"),
        CheckResult(check="js-tests", status="not_applicable"),
        CheckResult(check="sql", status="failed", findings=(other,)),
    )  # fmt: skip
    checked = Checked(CheckReport(version="v", results=results), aside=frozenset({"sql:1"}))
    assert describe(checked).splitlines() == [
        "Nothing is left to be repaired.", "lint, types: passed", "sql: failed",
        "1 more are of what others write meanwhile: leave them",
    ]  # fmt: skip


def test_green_is_what_leaves_nothing_to_be_looked_at() -> None:
    """It ends an agent's work: a check that could not run, or a warning that it may want to heed, must not be lost."""
    passed = CheckResult(check="lint", status="passed")
    warned = CheckResult(check="sql", status="passed", findings=(FOUND,))
    lost = CheckResult(
        check="tests", status="not_run",
        findings=(Finding(check="tests", message="did not run: there are none", signature="t"),),
    )  # fmt: skip
    reports = {name: CheckReport(version="v", results=results) for name, results in {
        "all passed": (passed,), "a warning": (passed, warned), "not run": (passed, lost), "nothing": (),
    }.items()}  # fmt: skip
    assert {name: Checked(report).green for name, report in reports.items()} == {
        "all passed": True, "a warning": False, "not run": False, "nothing": False,
    }  # fmt: skip
    assert Checked(reports["a warning"], old=frozenset({"sql:0"})).green
    assert Checked(reports["not run"], aside=frozenset({"t"})).green
