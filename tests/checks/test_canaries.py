"""A canary that is judged wrongly makes every run of a project a forgery, or none."""

from __future__ import annotations

import pytest

from slipway.checks.canaries import Canary, doubted, planted
from slipway.checks.sessions import Phase, Ran

CANARY = Canary("tests/test_x.py", "test_f", "test_p", "secret")
FAILS = (("setup", "passed"), ("call", "failed"), ("teardown", "passed"))
PASSES = (("setup", "passed"), ("call", "passed"), ("teardown", "passed"))
BROKEN = (("setup", "failed"), ("teardown", "passed"))
SKIPPED = (("setup", "skipped"), ("teardown", "passed"))


def ran(failing: tuple[tuple[str, str], ...], passing: tuple[tuple[str, str], ...], detail: str = "E secret") -> Ran:
    more = {"kind": "phase", "seconds": 0.0, "line": 1, "message": ""}
    phases = [
        {**more, "id": f"tests/test_x.py::{name}", "when": when, "outcome": outcome, "detail": detail}
        for name, ends in (("test_f", failing), ("test_p", passing))
        for when, outcome in ends
    ]
    base = Ran(exit_code=1, timed_out=False, seconds=0.1, output="", forged=False, failing=[], lines=[])
    return base.model_copy(update={"lines": [Phase.model_validate(each) for each in phases]})


@pytest.mark.parametrize(
    ("report", "wrong"),
    [
        (ran(FAILS, PASSES), None),
        (ran(BROKEN, BROKEN), None),
        (ran(PASSES, PASSES), "a test that must fail is not reported as failed"),
        (ran(SKIPPED, SKIPPED), "a test that must fail is not reported as failed"),
        (ran((), ()), "a test that must fail is not reported as failed"),
        (ran((*FAILS, *FAILS), PASSES), "a test that must fail is not reported as failed"),
        (ran(FAILS, PASSES, detail="E other"), "a test that must fail is reported with another failure"),
        (ran(FAILS, FAILS), "a test that must pass is not reported as passed"),
        (ran(FAILS, SKIPPED), "a test that must pass is not reported as passed"),
    ],
)
def test_what_a_report_must_say_of_a_canary(report: Ran, wrong: str | None) -> None:
    """Where a fixture of the whole folder fails, the project's own tests fail, too: that is no forgery."""
    assert CANARY.wrong(report) == wrong


def test_each_folder_has_a_canary_that_nobody_can_know() -> None:
    first, second = planted({"tests", ""}), planted({"tests", ""})
    assert [canary.file.rpartition("/")[0] for canary in first] == ["", "tests"]
    names = [name for c in (*first, *second) for name in (c.file, c.failing, c.passing, c.secret)]
    assert len(set(names)) == 16
    assert len(planted({str(n) for n in range(99)})) == 20


def test_the_finding_is_the_same_on_each_run() -> None:
    assert doubted("tests", "x").signature == doubted("tests", "x").signature
