"""What a check says of a fault is shown to people and models: it must be safe, and old records must load."""

from __future__ import annotations

from slipway.checks.findings import finding, worst
from slipway.checks.signatures import signature
from slipway.state import Finding


def test_severity_and_hint_are_kept_and_leave_the_signature_alone() -> None:
    """The same fault must have the same name, however its check words the hint in a later version."""
    found = finding("sql", "built\x1b[31m", rule="S1", file="a.py", line=2, severity="warning", hint="use\u202e ?")
    assert found == Finding(
        check="sql",
        message="built[31m",
        rule="S1",
        file="a.py",
        line=2,
        signature=signature("sql", "S1", "a.py", "built[31m"),
        severity="warning",
        hint="use ?",
    )


def test_a_record_of_before_is_an_error_without_a_hint() -> None:
    old = '{"check": "lint", "message": "m", "signature": "lint:0"}'
    assert Finding.model_validate_json(old) == Finding(
        check="lint", message="m", signature="lint:0", severity="error", hint=""
    )


def test_the_worst_are_kept() -> None:
    """A thousand warnings must not hide the one error that blocks."""
    advice = [finding("c", f"advice {n}", severity="warning") for n in range(300)]
    kept = worst([*advice, finding("c", "fault")])
    assert [len(kept), *(each.message for each in kept[:2])] == [200, "fault", "advice 0"]
