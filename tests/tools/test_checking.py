"""What a model is told of a fault: what it is, where, and what to do."""

from __future__ import annotations

from slipway.state import CheckReport, CheckResult, Finding
from slipway.tools import Checked, describe_finding
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
        "sql: failed in 1.00 s\n[sql] S1 a.py:2 built from strings "
        "(it was there before this run: leave it, unless your task is about it)"
    )
