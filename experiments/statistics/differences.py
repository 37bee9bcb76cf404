from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .base import LEVEL, Estimate, unknown

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

    The interval is a bootstrap of tasks, bias-corrected and accelerated (Efron 1987).
    """
    _check(first, second)
    cells = [(np.asarray(a, bool), np.asarray(b, bool)) for a, b in zip(first, second, strict=True) if len(a)]
    first_only = sum(int((a & ~b).sum()) for a, b in cells)
    second_only = sum(int((b & ~a).sum()) for a, b in cells)
    differing = first_only + second_only
    p = float(stats.binomtest(first_only, differing, 0.5).pvalue) if differing else 1.0
    shares = np.array([a.mean() - b.mean() for a, b in cells])
    return Paired(_mean(shares, level, seed, widest=1.0), first_only, second_only, p)


def paired_amounts(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], *, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """What a cell of the first takes more than the same cell of the second, such as money; each task weighs the same.

    Both by task, the same cells in the same order; ValueError where they are not as many. Interval as `paired`'s.
    """
    _check(first, second)
    cells = [np.asarray(a, float) - np.asarray(b, float) for a, b in zip(first, second, strict=True) if len(a)]
    return _mean(np.array([cell.mean() for cell in cells]), level, seed, widest=np.inf)


def _check(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> None:
    if [len(task) for task in first] != [len(task) for task in second]:
        raise ValueError("paired line-ups need the same cells: the same tasks, each with as many repeats")


def _mean(shares: np.ndarray, level: float, seed: int, *, widest: float) -> Estimate:
    tasks = len(shares)
    if tasks == 0:
        return unknown(0)
    value = float(shares.mean())
    if tasks == 1:  # nothing is known of the spread
        return Estimate(value, -widest, widest, tasks)
    if np.ptp(shares) <= 1e-12 * np.abs(shares).max():
        return Estimate(value, value, value, tasks)
    found = stats.bootstrap(
        (shares,), np.mean, n_resamples=_DRAWS, confidence_level=level, method="BCa", rng=np.random.default_rng(seed)
    ).confidence_interval
    return Estimate(value, float(found.low), float(found.high), tasks)


def holm(p_values: Sequence[float]) -> list[float]:
    """`p_values` as they count among each other: none is mistaken more often than one alone may be (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return [float(each) for each in adjusted]
