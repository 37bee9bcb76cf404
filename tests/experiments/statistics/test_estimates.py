"""Each estimate against what is known of it: the formula's own values, and what it says of too little."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from slipway.experiments.statistics import (
    Estimate,
    Expected,
    all_of,
    any_of,
    holm,
    over_tasks,
    paired,
    paired_amounts,
    rate,
    ratio,
    smallest_effect,
)

OUTCOMES = st.lists(st.booleans(), min_size=1, max_size=8)


def test_a_rate_of_single_tries_is_wilsons() -> None:
    """Newcombe 1998: 81 of 263, Wilson's interval is 0.2553 to 0.3662."""
    found = rate([[True]] * 81 + [[False]] * 182)
    assert (round(found.value, 4), round(found.low, 3), round(found.high, 3)) == (0.308, 0.255, 0.366)


def test_repeats_that_say_the_same_are_worth_one() -> None:
    """Ten tries of a task that always fails teach nothing about other tasks."""
    once, often = [[task < 6] for task in range(10)], [[task < 6] * 10 for task in range(10)]
    assert rate(often).low == pytest.approx(rate(once).low, abs=0.02)


@pytest.mark.parametrize("all_of_them", [True, False])
def test_where_all_agree_nobody_is_certain(all_of_them: bool) -> None:
    found = rate([[all_of_them] * 5] * 10)
    assert (found.value, found.high - found.low > 0.2) == (float(all_of_them), True)


def test_what_nobody_saw_is_not_known() -> None:
    for found in (rate([]), rate([[]]), ratio([], []), ratio([3.0, 4.0], [0, 0]), over_tasks([])):
        assert not found.known
    assert (rate([[True]] * 19).few, rate([[True]] * 20).few) == (True, False)


def test_a_ratio_counts_what_failures_cost() -> None:
    """Two successes among ten, each try a dollar: five dollars a success."""
    found = ratio([1.0] * 10, [1, 1] + [0] * 8)
    assert found.value == 5
    assert found.low < 5 < found.high
    assert ratio([0.0, 0.0], [1, 1]) == Estimate(0, 0, 0, 2)


@pytest.mark.parametrize(("amounts", "counts"), [([2.0], [1]), ([3.0, 1.0], [1, 0]), ([1.0, 9.0], [1, 1])])
def test_a_ratio_of_hardly_anything_has_no_upper_bound(amounts: list[float], counts: list[float]) -> None:
    """Said as such, without a warning, which would be an error here."""
    found = ratio(amounts, counts)
    assert (found.low <= found.value, found.high) == (True, math.inf)


def test_what_a_cell_takes_more_is_paired_by_task() -> None:
    first, second = [[3.0, 5.0], [2.0], [4.0]], [[1.0, 1.0], [1.0], [4.0]]
    more, less = paired_amounts(first, second), paired_amounts(second, first)
    assert (more.value, more.tasks) == (pytest.approx(4 / 3), 3)
    assert (less.value, more.low <= more.value <= more.high) == (pytest.approx(-more.value), True)
    assert paired_amounts([[2.0]], [[1.0]]) == Estimate(1, -math.inf, math.inf, 1)
    assert not paired_amounts([], []).known
    with pytest.raises(ValueError, match="the same tasks"):
        paired_amounts([[1.0]], [[]])


def test_where_all_tasks_have_the_same_chance_nobody_is_certain() -> None:
    found = over_tasks([1.0] * 6)
    assert (found.value, found.low < 0.7, found.high) == (1, True, 1)


@given(st.lists(st.tuples(OUTCOMES, OUTCOMES), min_size=2, max_size=12))
def test_a_difference_is_the_same_from_both_sides(cells: list[tuple[list[bool], list[bool]]]) -> None:
    first = [a[: min(len(a), len(b))] for a, b in cells]
    second = [b[: min(len(a), len(b))] for a, b in cells]
    one, other = paired(first, second), paired(second, first)
    assert one.difference.value == -other.difference.value
    assert (one.first_only, one.second_only, one.p) == (other.second_only, other.first_only, other.p)
    assert one.difference.low <= one.difference.high


@pytest.mark.parametrize("tasks", [2, 4, 25])
def test_where_all_tasks_came_out_alike_others_may_not(tasks: int) -> None:
    """As likely as 2.5 in 100, none of `tasks` shows what the bound's share of all tasks does."""
    won, lost = [[True]] * tasks, [[False]] * tasks
    even, behind = paired(won, won).difference, paired(lost, won).difference
    assert (even.value, even.low, (1 - even.high) ** tasks) == (0, -even.high, pytest.approx(0.025))
    assert (behind.value, behind.low, (1 - (behind.high + 1) / 2) ** tasks) == (-1, -1, pytest.approx(0.025))


def test_a_bootstrap_takes_tasks_to_draw_from() -> None:
    """From four it can only draw again what it saw, and its bounds would be anything."""
    assert (paired_amounts([[1.0], [2.0], [4.0], [9.0]], [[0.0]] * 4).high) == math.inf
    assert ratio([1.0, 2.0, 4.0, 9.0], [1, 1, 1, 1]) == Estimate(4, 0, math.inf, 4)
    assert ratio([1.0, 2.0, 4.0, 9.0, 5.0], [1, 1, 1, 1, 1]).high < math.inf


def test_cells_that_differ_are_weighed_exactly() -> None:
    """Eight of nine on one side: 2 * (9 + 1) / 2**9."""
    first, second = [[True]] * 8 + [[False]] + [[True]] * 5, [[False]] * 8 + [[True]] + [[True]] * 5
    assert paired(first, second).p == pytest.approx(20 / 512)
    assert paired([[True]], [[True]]).p == 1


def test_pairs_need_the_same_cells() -> None:
    with pytest.raises(ValueError, match="the same tasks"):
        paired([[True, False]], [[True]])


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(0, n))))
def test_tries_are_counted_as_all_choices_would_be(given: tuple[int, int, int]) -> None:
    repeats, k, successes = given
    tries = [place < successes for place in range(repeats)]
    chosen = list(combinations(tries, k))
    assert any_of(k, repeats, successes) == pytest.approx(sum(map(any, chosen)) / len(chosen))
    assert all_of(k, repeats, successes) == pytest.approx(sum(map(all, chosen)) / len(chosen))


@pytest.mark.parametrize(("k", "repeats", "successes"), [(4, 3, 1), (0, 3, 1), (1, 3, 4), (1, 3, -1)])
def test_more_tries_than_repeats_tell_nothing(k: int, repeats: int, successes: int) -> None:
    for chance in (any_of, all_of):
        with pytest.raises(ValueError, match="nobody can tell"):
            chance(k, repeats, successes)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_many_comparisons_are_corrected(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_more_tasks_see_smaller_effects_and_repeats_help_less() -> None:
    assert smallest_effect(1, 100) == 1
    assert smallest_effect(100, 3) < smallest_effect(30, 3) < smallest_effect(30, 1)
    hard = Expected(alike=1.0)
    assert smallest_effect(30, 50, hard) == smallest_effect(30, 1, hard)
    assert not math.isnan(smallest_effect(2, 1))
