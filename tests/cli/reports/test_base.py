"""Who reads a report has not seen the run: what it says of proofs must be what the records say."""

from __future__ import annotations

from dataclasses import replace

from slipway.cli.reports import Report
from slipway.cli.reports.base import Judged, Noticed, Proven, Took
from slipway.state import Outcome, Usage

from .conftest import Reported


def outcome_in(report: Report) -> Outcome:
    assert report.outcome is not None
    return report.outcome


def begun(report: Report) -> Report:
    return replace(report, record=report.record.model_copy(update={"status": "running"}))


def test_each_criterion_names_what_proved_it(reported: Reported) -> None:
    assert reported("").criteria == (
        Proven("C1", "fact 1", "proven", "check tests", (("t.py::test_c1_a", "passed"),)),
        Proven("C2", "fact 2", "failed", "check tests", (("t.py::test_c2_b", "failed"),)),
        Proven("C3", "fact 3", "proven", "a person says so", ()),
        Proven("C4", "fact 4", "unproven", "", ()),
    )


def test_without_checks_nothing_is_proven(reported: Reported) -> None:
    report = reported("")
    early = replace(report, outcome=outcome_in(report).model_copy(update={"evidence": (), "checks": None}))
    assert {criterion.status for criterion in early.criteria} == {"unproven"}
    assert (early.checks, early.stale, early.figures[0]) == ((), "", ("criteria proven", "0 of 4"))


def test_the_checks_and_what_they_say(reported: Reported) -> None:
    report = reported("")
    found = outcome_in(report).checks
    assert found is not None
    assert report.checks == (
        Judged("lint", "failed", "advisory, 0.2 s", found.results[0].findings),
        Judged("tests", "failed", "1 of 2 tests passed, 1.2 s", ()),
        Judged("types", "not run", "gone, 0.0 s", ()),
    )
    assert report.stale == "The checks ran on version v0; the files are those of version v1."


def test_old_faults_of_a_delivered_version_are_told_as_such(reported: Reported) -> None:
    """A delivery has no others: whoever reads `failed` would think that it was delivered red."""
    report = reported("")
    delivered = replace(report, record=report.record.model_copy(update={"status": "delivered"}))
    assert [check.status for check in delivered.checks] == ["failed", "failed as before the run", "not run"]


def test_faults_stages_and_figures(reported: Reported) -> None:
    report = reported("")
    survivor = "a.py:2, in f: with `a > b` in the place of `a <b`, no test fails (no test runs this line)"
    assert report.faults == (
        Noticed("a", "4 of 5 faults noticed, 2 more not tried for want of time", (survivor,)),
        Noticed("empty", "none was tried: nothing to try", ()),
    )
    paid = ("2", "900 in, 100 out", "$0.0020")
    assert report.stages == (
        Took("code/a", "coder: m, answered by other", *paid, "1.5 s", "wrote"),
        Took("check/1", "", "", "", "", "0.5 s", ""),
    )
    assert report.total == Took("all", "", *paid, "75.0 s", "")
    assert report.figures == (
        ("criteria proven", "2 of 4"), ("tests passed", "1 of 2"), ("model calls", "2"), ("tokens", "1,000"),
        ("cost", "$0.0020"), ("time", "1 min 15 s"),
    )  # fmt: skip


def test_a_price_that_is_not_known_is_not_zero(reported: Reported) -> None:
    report = reported("")
    usage = Usage(calls=1, cost_usd=None)
    made = replace(report, outcome=outcome_in(report).model_copy(update={"usage": usage}))
    assert ("cost", "unknown cost") in made.figures


def test_how_to_get_the_files(reported: Reported) -> None:
    """With what is left out named, where something is."""
    report = reported("")
    assert [command for _, command in report.ways] == [
        "slipway show r1 --into DIR --with PATH", "slipway diff r1", "slipway preview r1",
    ]  # fmt: skip
    assert report.commands == (("test", "pytest"), ("start", "python -m a"))
    assert [change.lines for change in report.changes or ()] == ["+1,200 -0", "binary"]


def test_a_run_that_has_just_begun(reported: Reported) -> None:
    report = replace(begun(reported("")), outcome=None)
    assert (report.title, report.status) == ("Run r1", "running")
    assert not any((report.figures, report.criteria, report.checks, report.faults, report.stages, report.total))
    assert not any((report.ways, report.commands, report.stale))


def test_a_run_that_goes_on_is_not_what_it_was_when_it_was_parked(reported: Reported) -> None:
    """Its evidence is that of the last time; who reads its status must not take it for the end."""
    report = begun(reported(""))
    assert (report.status, report.criteria) == ("running", reported("").criteria)
