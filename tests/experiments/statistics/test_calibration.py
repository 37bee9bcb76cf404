"""An interval that holds the truth less often than it says misleads whoever decides by it; seeded, so no chance."""

from __future__ import annotations

import numpy as np
import pytest

from simulating import World
from slipway.experiments.statistics import paired, paired_amounts, rate, ratio, smallest_effect

RATES = np.arange(0.05, 0.951, 0.1)


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.7])
@pytest.mark.parametrize(("tasks", "repeats"), [(20, 3), (30, 1), (30, 3), (100, 3)])
def test_rates_of_success(tasks: int, repeats: int, alike: float) -> None:
    """Over rates from 0.05 to 0.95, within 2 points of 95 %."""
    rng, held = np.random.default_rng(7), list[bool]()
    for success in RATES:
        for _ in range(200):
            found = rate(World(success, alike).outcomes(tasks, repeats, rng).tolist())
            held.append(found.low <= success <= found.high)
    assert 0.93 <= np.mean(held) <= 0.97


@pytest.mark.parametrize(("tasks", "least", "most"), [(30, 0.93, 1.0), (200, 0.93, 0.97)])
def test_money_per_success(tasks: int, least: float, most: float) -> None:
    held = list[bool]()
    for success in (0.3, 0.6, 0.9):
        rng, world = np.random.default_rng(11), World(success, 0.3)
        truth = _cost_per_success(world)
        for _ in range(200):
            outcomes = world.outcomes(tasks, 3, rng)
            costs = world.costs(outcomes, rng)
            found = ratio(costs.sum(1).tolist(), outcomes.sum(1).tolist(), draws=600)
            held.append(found.low <= truth <= found.high)
    assert least <= np.mean(held) <= most


def _cost_per_success(world: World) -> float:
    rng = np.random.default_rng(3)
    outcomes = world.outcomes(1_000_000, 1, rng)
    return float(world.costs(outcomes, rng).sum() / outcomes.sum())


def test_differences_between_line_ups() -> None:
    rng, held = np.random.default_rng(5), list[bool]()
    for _ in range(300):
        shares = World(0.6, 0.4).shares(30, rng)
        first, second = (rng.random((30, 3)) < np.clip(shares + shift, 0, 1)[:, None] for shift in (0.0, 0.0))
        found = paired(first.tolist(), second.tolist()).difference
        held.append(found.low <= 0 <= found.high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_what_a_cell_costs_more() -> None:
    """Costs are skewed, and alike within a task."""
    rng, held = np.random.default_rng(13), list[bool]()
    for _ in range(200):
        tasks = rng.lognormal(0, 0.5, (30, 1))
        first, second = (tasks * rng.lognormal(0, 0.4, (30, 3)) * factor for factor in (1.5, 1.0))
        found = paired_amounts(first.tolist(), second.tolist())
        held.append(found.low <= 0.5 * np.exp(0.125 + 0.08) <= found.high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_the_smallest_effect_is_seen_as_often_as_it_says() -> None:
    """It is printed before money is spent: a design that sees less would waste it."""
    tasks, repeats, rng, seen = 40, 3, np.random.default_rng(9), list[bool]()
    effect = smallest_effect(tasks, repeats)
    for _ in range(300):
        low, high = World(0.5 - effect / 2, 0.4), World(0.5 + effect / 2, 0.4)
        same, own = rng.random(tasks) < 0.6, rng.random(tasks)
        one, other = low.shares(tasks, rng), high.shares(tasks, rng)
        order = np.argsort(np.argsort(one))
        alike = np.sort(other)[order]
        second = np.where(same, alike, other)
        del own
        found = paired(
            (rng.random((tasks, repeats)) < second[:, None]).tolist(),
            (rng.random((tasks, repeats)) < one[:, None]).tolist(),
        ).difference
        seen.append(found.low > 0)
    assert 0.7 <= np.mean(seen) <= 0.95
