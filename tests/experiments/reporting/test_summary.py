"""Money follows what a report says: what was not seen is never a number, and no order of results changes one."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.config import UsageError
from slipway.experiments import Result
from slipway.experiments.reporting import as_html, as_markdown, summarise
from slipway.experiments.statistics import holm, paired, rate
from slipway.state.records import Status

from .making import broken, cell, made, small, step, used


def test_a_line_up_in_numbers() -> None:
    crew = summarise(small()).groups[0]
    assert (crew.lineup, crew.family, crew.tasks, crew.cells, crew.errors, crew.succeeded) == ("crew", None, 2, 4, 0, 3)
    assert crew.success == rate([[True, False], [True, True]])
    assert (crew.accepted_only, crew.delivered_only, crew.repairs, crew.questions) == (1, 0, 3, 1)
    assert [each.value for each in crew.any_of] == [0.75, 1.0]
    assert [each.value for each in crew.all_of] == [0.75, 0.5]
    per = crew.per_success
    values = [each.value for each in (per.usd, per.tokens, per.input_tokens, per.seconds)]
    assert values == pytest.approx([2 / 3, 4000 / 3, 1200, 40 / 3])
    assert (crew.failed_share, crew.charged_usd, crew.error_usd) == (0.25, 2.0, 0.0)
    assert [(part.name, part.tokens, part.of_tokens, part.seconds, part.of_seconds) for part in crew.stages] == [
        ("code", 2400, 0.6, 20.0, 0.5), ("check", 0, 0.0, 16.0, 0.4), ("fix", 1600, 0.4, 4.0, 0.1),
    ]  # fmt: skip
    assert [(part.name, part.usd, part.of_usd, part.seconds, part.of_seconds) for part in crew.roles] == [
        ("coder", pytest.approx(1.2), pytest.approx(0.6), 12.0, 0.75),
        ("fixer", 0.8, pytest.approx(0.4), 4.0, 0.25),
    ]
    assert (crew.problems, crew.misses, crew.statuses) == (
        {"missing fact": 1, "other": 1}, {"source": {"coder": 1, "fixer": 2}}, {"delivered": 3, "gave_up": 1},
    )  # fmt: skip


def test_what_ran_to_its_end_and_what_was_accepted_are_told_apart() -> None:
    """A request that was never made is no failure of a check, but the cell has not succeeded."""
    twice = [
        made(cell("a", "t1"), step(), step("gave_up", accepted=True), requests=2),
        made(cell("a", "t2"), step(), step(accepted=False), requests=2),
        made(cell("a", "t3"), step(accepted=False), requests=2),
        made(cell("a", "t4"), step(), step(), requests=2),
    ]
    [group] = summarise(twice).groups
    assert (group.succeeded, group.accepted_only, group.delivered_only) == (1, 1, 1)


def test_line_ups_are_paired_on_what_both_have_and_that_is_said() -> None:
    summary = summarise(small())
    [whole, *families] = summary.comparisons
    assert (whole.lineup, whole.baseline, whole.tasks, whole.cells, whole.left_out) == ("solo", "crew", 2, 3, 1)
    assert whole.success == paired([[False, False], [True]], [[True, False], [True]])
    assert (whole.usd.value, whole.tokens.value, whole.seconds.value) == (-0.25, -500, -5)
    assert (whole.times_usd.value, whole.times_tokens.value) == (0.5, 0.5)
    assert [(each.family, each.cells, each.p) for each in families] == [("new", 2, None), ("change", 1, None)]
    assert summary.warnings == (
        "Only 2 tasks: below 20 no interval and no comparison is to be relied on, whatever the number of repeats.",
        "1 cell could not be done: neither successes nor failures, and in no rate.",
        "The line-ups were not done on the same cells: rates are over what each has, differences over what both have.",
    )


def test_a_task_that_changed_is_another_one() -> None:
    old, new = cell("a", task_digest="old"), cell("b", task_digest="new")
    [only] = summarise([made(old, step()), made(new, step())]).comparisons
    assert (only.cells, only.left_out, only.success.difference.known, only.smallest) == (0, 2, False, 1.0)


def test_a_price_that_nobody_knows_is_missing_and_not_nothing() -> None:
    free = [made(cell("a", f"t{at}"), step(usage=used(100, None), seconds=1.0)) for at in range(3)]
    paid = [made(cell("b", f"t{at}"), step(usage=used(100, 0.1), seconds=1.0)) for at in range(3)]
    summary = summarise([*free, *paid])
    group = summary.groups[0]
    assert (group.usage.cost_usd, group.failed_share, group.per_success.usd.known) == (None, None, False)
    assert group.per_success.tokens.value == 100
    assert not summary.comparisons[0].usd.known
    assert "The cost of 3 cells of a is not known, and so not what it costs." in summary.warnings


def test_all_line_ups_are_corrected_together() -> None:
    def line_up(name: str, successes: int) -> list[Result]:
        return [made(cell(name, f"t{at}"), step(accepted=at < successes)) for at in range(20)]

    summary = summarise([*line_up("a", 20), *line_up("b", 12), *line_up("c", 19), *line_up("d", 5)])
    raw = [each.success.p for each in summary.comparisons]
    assert [each.p for each in summary.comparisons] == holm(raw) != raw
    assert summary.warnings == ()


def test_the_baseline_is_the_first_or_the_one_that_is_named() -> None:
    assert summarise(small(), lineups=("solo", "crew")).baseline == "solo"
    assert [each.lineup for each in summarise(small(), "solo").comparisons if not each.family] == ["crew"]
    with pytest.raises(UsageError, match="no results of line-up 'x'; there are: crew, solo"):
        summarise(small(), "x")


CELLS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.integers(0, 2)), unique=True, max_size=18
)  # fmt: skip
STATUSES: Sequence[Status] = ("delivered", "gave_up", "failed", "over_budget")


@st.composite
def results(draw: st.DrawFn) -> list[Result]:
    """Some of the cells of three line-ups, anything may have come of them."""
    found = list[Result]()
    for lineup, task, seed in draw(CELLS):
        at = cell(lineup, f"t{task}", ("new", "change")[task % 2], seed)
        if draw(st.integers(0, 5)) == 0:
            found.append(broken(at))
            continue
        usage = used(draw(st.integers(0, 10**6)), draw(st.none() | st.floats(0, 100)), draw(st.floats(0, 100)))
        found.append(
            made(
                at, step(draw(st.sampled_from(STATUSES)), draw(st.booleans()), usage=usage, seconds=usage.model_seconds)
            )
        )
    return found


@settings(max_examples=40, deadline=None)
@given(results(), st.randoms(use_true_random=False))
def test_the_order_of_results_changes_nothing(found: list[Result], chance: random.Random) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    assert as_markdown(summarise(found)) == as_markdown(summarise(mixed))


@settings(max_examples=15, deadline=None)
@given(results())
def test_whatever_came_of_it_can_be_shown(found: list[Result]) -> None:
    """Warnings are errors here: no estimate may overflow, and no picture may be degenerate."""
    summary = summarise(found)
    assert "<h1>Experiment</h1>" in as_html(summary)
    assert "nan" not in as_markdown(summary)
    for each in summary.groups:
        assert each.succeeded == 0 or each.per_success.tokens.known
        assert each.succeeded or math.isnan(each.per_success.seconds.value)


def test_a_line_up_that_never_succeeds_has_no_cost_per_success() -> None:
    lost = [made(cell("a", f"t{at}"), step(accepted=False, usage=used(10, 0.1))) for at in range(3)]
    [group] = summarise(lost).groups
    assert (group.success.value, group.failed_share, group.per_success.usd.known) == (0.0, 1.0, False)
    assert "| a | all | 0 | - | - | - | - |" in as_markdown(summarise(lost))


def test_without_any_result_there_is_still_a_report() -> None:
    assert as_markdown(summarise([])).startswith("# Experiment\n\n0 line-ups on 0 tasks: 0 cells done.\n")
    [group] = summarise([broken(cell("a"))]).groups
    assert (group.cells, group.errors, group.success.known) == (0, 1, False)
