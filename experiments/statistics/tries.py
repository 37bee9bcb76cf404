from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
from scipy import stats

from .base import Estimate, unknown
from .rates import rate


def any_of(k: int, repeats: int, successes: int) -> float:
    """pass@k: how likely one of `k` tries succeeds, without bias from `successes` of `repeats` (arXiv 2107.03374)."""
    _check(k, repeats, successes)
    return 1 - comb(repeats - successes, k) / comb(repeats, k)


def all_of(k: int, repeats: int, successes: int) -> float:
    """pass^k: how likely all of `k` tries succeed, likewise (arXiv 2406.12045)."""
    _check(k, repeats, successes)
    return comb(successes, k) / comb(repeats, k)


def over_tasks(chances: Sequence[float]) -> Estimate:
    """The mean of what each task has, with an interval by Student's t over tasks, kept within 0 and 1.

    Where all tasks have the same it is Wilson's, as `rate` has it.
    """
    values = np.asarray(chances, dtype=float)
    if len(values) == 0:
        return unknown(0)
    mean = float(values.mean())
    if len(values) == 1:
        return Estimate(mean, 0.0, 1.0, 1)
    if np.ptp(values) == 0:  # nothing is known of the spread
        return rate([[value] for value in chances])
    half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), len(values))


def _check(k: int, repeats: int, successes: int) -> None:
    if not 1 <= k <= repeats or not 0 <= successes <= repeats:
        raise ValueError(f"of {repeats} repeats with {successes} successes nobody can tell what {k} tries are worth")
