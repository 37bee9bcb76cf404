"""The promise of an estimator: a value with the interval in which it lies, and what it was computed from.

The unit that is drawn at random is the task: repeats of one task are alike, so that every interval here treats a task
as a cluster. Below `FEW` tasks intervals are still given, and are not to be relied on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

LEVEL = 0.95
"""How often an interval holds the truth, unless told otherwise."""
LEAST = 5
"""Tasks below which a bootstrap says nothing: it can only draw again what it saw."""
FEW = 20
"""Tasks below which nobody should rely on an interval."""


@dataclass(frozen=True)
class Estimate:
    """A value and its interval; `nan` where nothing was seen that it could be computed from."""

    value: float
    low: float
    high: float
    tasks: int
    """How many clusters it is from."""

    @property
    def few(self) -> bool:
        """Whether it is from too few tasks to rely on."""
        return self.tasks < FEW

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)


def open_ended(value: float, tasks: int, low: float = -math.inf, high: float = math.inf) -> Estimate:
    """A value of whose spread nothing is known; `low` and `high` are what there can be."""
    return Estimate(value, low, high, tasks)


def unknown(tasks: int) -> Estimate:
    """Nothing was seen that a value could be computed from."""
    return Estimate(math.nan, math.nan, math.nan, tasks)
