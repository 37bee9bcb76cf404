from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from .base import LEVEL, Estimate, unknown

Successes = Sequence[Sequence[float]]
"""By task, what became of each of its repeats: whether it succeeded, or how likely it does."""


def rate(successes: Successes, level: float = LEVEL) -> Estimate:
    """The share of successes, each task weighing the same, with Wilson's interval at the effective sample size.

    Repeats of a task are worth less than as many tasks: the number of trials is divided by the design effect, which is
    estimated from the spread between tasks (Kish 1965), and never falls below one trial nor exceeds those made.
    Where all tasks agree nothing is known of the spread, and a task counts as one trial.
    """
    cells = [np.asarray(task, dtype=float) for task in successes if len(task)]
    if not cells:
        return unknown(0)
    shares = np.array([cell.mean() for cell in cells])
    value, trials = float(shares.mean()), _effective(shares, sum(map(len, cells)))
    found = proportion_confint(value * trials, trials, alpha=1 - level, method="wilson")
    low, high = cast("tuple[float, float]", found)
    return Estimate(value, float(low), float(high), len(cells))


def _effective(shares: np.ndarray, trials: int) -> float:
    value = shares.mean()
    spread = shares.var(ddof=1) / len(shares) if len(shares) > 1 else 0.0
    if spread == 0:
        return float(len(shares))
    return float(np.clip(value * (1 - value) / spread, 1, trials))
