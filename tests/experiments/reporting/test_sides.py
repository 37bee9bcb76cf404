"""Two experiments are compared on the cells that both have, so that no easier task makes one of them look better."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from slipway.config import UsageError, load_lineup
from slipway.experiments import Experiment, Report, Result, Spec
from slipway.experiments.reporting import Side, between, summary_of

from .making import NOW, broken, cell, made, small, step


def report(name: str, results: Sequence[Result], labels: Sequence[str], spent: float | None = None) -> Report:
    spec = Spec(name=name, suite="core", lineups=dict.fromkeys(labels, "demo"))
    lineups = dict.fromkeys(labels, load_lineup("demo"))
    cells = tuple(result.cell for result in results)
    experiment = Experiment(spec=spec, suite="core", lineups=lineups, cells=cells, created=NOW)
    charged = sum(result.spent_usd for result in results) if spent is None else spent
    return Report(experiment, "done", tuple(results), 0, {}, charged, None)


TINY = report("tiny", small(), ("solo", "crew"))


def test_an_experiment_has_its_name_and_the_order_of_its_spec() -> None:
    summary = summary_of(TINY)
    assert (summary.title, summary.lineups, summary.baseline) == ("Experiment tiny", ("solo", "crew"), "solo")


def test_what_is_missing_is_said_first() -> None:
    whole = report("tiny", small(), ("crew", "solo"), spent=9.5)
    some = Report(whole.experiment, "running", whole.results[:2], 3, {}, 9.5, None)
    assert summary_of(some).warnings[:3] == (
        "6 of 8 cells are not done yet.",
        "3 results of cells that the spec no longer has: left out.",
        "The ledger was charged 9.50 USD in all, more than its results tell: something is under way, or broke off.",
    )


def test_two_line_ups_of_one_experiment() -> None:
    summary, results = between(Side(TINY, "crew"), Side(TINY, "solo"))
    assert (summary.title, summary.lineups, summary.cells, len(results)) == (
        "solo against crew",
        ("crew", "solo"),
        6,
        6,
    )
    assert summary.warnings[0] == "2 cells that only one of them has, or that could not be done: left out."
    assert summary.comparisons[0].left_out == 0


def test_two_experiments_have_both_names() -> None:
    later = report("later", [made(cell("solo", "t1", "new", 1, terms="other"), step())], ["solo"])
    summary, results = between(Side(TINY, "solo"), Side(later, "solo"))
    assert (summary.lineups, summary.baseline) == (("tiny:solo", "later:solo"), "tiny:solo")
    assert [(result.cell.lineup, result.succeeded) for result in results] == [
        ("tiny:solo", False),
        ("later:solo", True),
    ]
    assert "Not all runs had the same limits and settings." in summary.warnings


@pytest.mark.parametrize(
    ("lineups", "why"),
    [
        (("crew", "x"), "experiment 'tiny' has no line-up 'x'; it has: solo, crew"),
        (("crew", "crew"), "'tiny:crew' cannot be compared with itself"),
    ],
)
def test_what_cannot_be_compared(lineups: tuple[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        between(*(Side(TINY, lineup) for lineup in lineups))


def test_without_a_common_cell_nothing_can_be_said() -> None:
    other = report("other", [broken(cell("solo", "t1", "new", 1))], ["solo"])
    with pytest.raises(UsageError, match="no cell is done in both 'tiny:crew' and 'other:solo'"):
        between(Side(TINY, "crew"), Side(other, "solo"))
