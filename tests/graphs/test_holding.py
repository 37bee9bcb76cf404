"""What held-out tests try stays unknown to whoever repairs, whatever a report says of them."""

from __future__ import annotations

from slipway.graphs.holding import as_told
from slipway.state import Finding

HELD = "tests/test_held_out.py"
SECRET = "assert total([7]) == 1337"


def failed(test: str, signature: str) -> Finding:
    return Finding(
        check="tests", rule=f"{HELD}::{test}", file=HELD, line=4, message=SECRET, detail=SECRET, hint=SECRET,
        signature=signature,
    )  # fmt: skip


SEEN = Finding(
    check="tests", rule="tests/test_a.py::test_c1", file="tests/test_a.py", message="m", detail="d", signature="s"
)
LOST = Finding(check="tests", message="pytest ended with 3 without a whole report", detail=SECRET, signature="l")


def told(test: str, signature: str, message: str, hint: str = "") -> Finding:
    return Finding(
        check="tests", rule=f"{HELD}::{test}", file=HELD, message=message, signature=signature, hint=hint
    )  # fmt: skip


def test_no_more_than_the_criterion_is_told() -> None:
    """No value, no line of code; the reason once, and the output of a whole run not at all."""
    findings = [failed("test_c2_more", "a"), SEEN, failed("test_other", "b"), LOST]
    assert as_told(findings, [HELD]) == [
        told(
            "test_c2_more", "a", "criterion C2 does not hold for other values",
            "tests that you cannot see try other values than those that you can; do it for all values",
        ),
        SEEN,
        told("test_other", "b", "what was asked for does not hold for other values"),
        LOST.model_copy(update={"detail": ""}),
    ]  # fmt: skip


def test_where_nothing_is_held_out_all_is_told() -> None:
    """The output of a run that broke off is what a repair begins with."""
    assert as_told([SEEN, LOST], []) == [SEEN, LOST]
