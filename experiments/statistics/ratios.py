from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .base import LEAST, LEVEL, Estimate, open_ended, unknown

_DRAWS = 4000
_FAR = math.log(1000)
"""A bound that is further from the value, on the logarithm, is none."""
_NOTHING = 1e-9
"""What is left of nothing when it was computed with."""


def ratio(
    amounts: Sequence[float], counts: Sequence[float], *, level: float = LEVEL, seed: int = 0, draws: int = _DRAWS
) -> Estimate:
    """The sum of `amounts` over the sum of `counts`, such as money per success; both are totals by task.

    What failures cost is in it: it is what a success costs whoever pays for all. The interval is the bootstrap-t on the
    logarithm, with tasks drawn anew (Efron and Tibshirani 1993, 12.5). Without any success there is no value; `amounts`
    that are all 0 are a ratio of exactly 0. Below `LEAST` tasks there are no bounds, and with few the upper one may be
    infinite.
    """
    amount, count = np.asarray(amounts, dtype=float), np.asarray(counts, dtype=float)
    tasks = len(amount)
    if tasks == 0 or count.sum() == 0:
        return unknown(tasks)
    value = float(amount.sum() / count.sum())
    if value == 0:
        return Estimate(value, value, value, tasks)
    if tasks < LEAST:
        return open_ended(value, tasks, low=0.0)
    whole, error, _ = _logarithms(amount, count, np.ones((1, tasks)))
    drawn = np.random.default_rng(seed).multinomial(tasks, np.full(tasks, 1 / tasks), size=draws).astype(float)
    logs, errors, possible = _logarithms(amount, count, drawn)
    possible &= errors > _NOTHING
    if error[0] <= _NOTHING:
        return Estimate(value, value, value, tasks)
    studentised = (logs[possible] - whole[0]) / errors[possible]
    if not possible.any() or np.ptp(studentised) <= _NOTHING:  # all that could be drawn is what was seen
        return open_ended(value, tasks, low=0.0)
    below, above = np.quantile(studentised, [(1 - level) / 2, (1 + level) / 2])
    less, more = above * error[0], -below * error[0]
    high = math.inf if more > _FAR else value * math.exp(more)
    return Estimate(value, value * math.exp(-less), high, tasks)


def _logarithms(
    amount: np.ndarray, count: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each row of `weights`, how often each task was drawn: log ratio, its standard error, whether it is."""
    tasks = len(amount)
    sums, successes = weights @ amount, weights @ count
    possible = (successes > 0) & (sums > 0)
    sums, successes = np.where(possible, sums, 1.0), np.where(possible, successes, 1.0)
    ratios = sums / successes
    squares = weights @ amount**2 - 2 * ratios * (weights @ (amount * count)) + ratios**2 * (weights @ count**2)
    errors = np.sqrt(np.maximum(squares, 0) * tasks / (tasks - 1)) / sums
    return np.log(ratios), errors, possible
