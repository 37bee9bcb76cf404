from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .base import LEAST, LEVEL, Estimate, open_ended, unknown

_DRAWS = 4000


@dataclass(frozen=True)
class Paired:
    """Two line-ups on the same cells (task, repeat, seed), cell by cell."""

    difference: Estimate
    """The first's rate of success less the second's."""
    first_only: int
    """Cells in which the first alone succeeded."""
    second_only: int
    p: float
    """Exact McNemar, two-sided: how likely cells that differ would be shared out like this, or less evenly, by chance.
    It takes cells for independent; with repeats of few tasks the interval is the one to read."""


def paired(
    first: Sequence[Sequence[bool]], second: Sequence[Sequence[bool]], *, level: float = LEVEL, seed: int = 0
) -> Paired:
    """Compare them; both by task, the same cells in the same order. ValueError where they are not as many.

    The interval is a bootstrap of tasks, bias-corrected and accelerated (Efron 1987), which takes `LEAST` tasks; where
    all tasks came out alike it is exact.
    """
    _check(first, second)
    cells = [(np.asarray(a, bool), np.asarray(b, bool)) for a, b in zip(first, second, strict=True) if len(a)]
    first_only = sum(int((a & ~b).sum()) for a, b in cells)
    second_only = sum(int((b & ~a).sum()) for a, b in cells)
    differing = first_only + second_only
    p = float(stats.binomtest(first_only, differing, 0.5).pvalue) if differing else 1.0
    shares = np.array([a.mean() - b.mean() for a, b in cells])
    return Paired(_mean(shares, level, seed), first_only, second_only, p)


def paired_amounts(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], *, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """What a cell of the first takes more than the same cell of the second, such as money; each task weighs the same.

    Both by task, the same cells in the same order; ValueError where they are not as many. The interval is the
    bootstrap-t (Efron and Tibshirani 1993, 12.5), since amounts are skewed; below `LEAST` tasks it has no bounds.
    """
    _check(first, second)
    cells = [np.asarray(a, float) - np.asarray(b, float) for a, b in zip(first, second, strict=True) if len(a)]
    return _studentised(np.array([cell.mean() for cell in cells]), level, seed)


def _check(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> None:
    if [len(task) for task in first] != [len(task) for task in second]:
        raise ValueError("paired line-ups need the same cells: the same tasks, each with as many repeats")


def _studentised(amounts: np.ndarray, level: float, seed: int) -> Estimate:
    tasks = len(amounts)
    if tasks == 0:
        return unknown(0)
    value = float(amounts.mean())
    nothing = 1e-9 * float(np.abs(amounts).max())
    if tasks < LEAST:
        return open_ended(value, tasks)
    if np.ptp(amounts) <= nothing:
        return Estimate(value, value, value, tasks)
    drawn = np.random.default_rng(seed).choice(amounts, (_DRAWS, tasks))
    errors = drawn.std(axis=1) / np.sqrt(tasks)
    possible = errors > nothing
    moved = (drawn[possible].mean(axis=1) - value) / errors[possible]
    if not possible.any() or np.ptp(moved) <= 1e-9:  # all that could be drawn is what was seen
        return open_ended(value, tasks)
    below, above = np.quantile(moved, [(1 - level) / 2, (1 + level) / 2])
    error = amounts.std() / np.sqrt(tasks)
    return Estimate(value, float(value - above * error), float(value - below * error), tasks)


def _mean(shares: np.ndarray, level: float, seed: int) -> Estimate:
    tasks = len(shares)
    if tasks == 0:
        return unknown(0)
    value = float(shares.mean())
    if tasks > 1 and np.ptp(shares) == 0:
        return _all_alike(value, tasks, level)
    if tasks < LEAST:
        return open_ended(value, tasks, -1.0, 1.0)
    found = stats.bootstrap(
        (shares,), np.mean, n_resamples=_DRAWS, confidence_level=level, method="BCa", rng=np.random.default_rng(seed)
    ).confidence_interval
    return Estimate(value, float(found.low), float(found.high), tasks)


def _all_alike(value: float, tasks: int, level: float) -> Estimate:
    """Where each task came out with the same difference, a bootstrap sees no spread.

    The share of tasks that come out otherwise is bounded exactly (Clopper and Pearson 1934), and these may differ by
    as much as there can be.
    """
    others = 1 - ((1 - level) / 2) ** (1 / tasks)
    return Estimate(value, value - others * (1 + value), value + others * (1 - value), tasks)


def holm(p_values: Sequence[float]) -> list[float]:
    """`p_values` as they count among each other: none is mistaken more often than one alone may be (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return [float(each) for each in adjusted]
