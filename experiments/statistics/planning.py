from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy import stats

from .base import LEVEL


@dataclass(frozen=True)
class Expected:
    """What a design is planned with, before anything was seen."""

    success: float = 0.5
    """The usual rate of success; 0.5 is the hardest."""
    alike: float = 0.4
    """How much repeats of one task are alike: their correlation within a task."""
    shared: float = 0.6
    """How much of what makes a task hard is the same for both line-ups, as a correlation."""


def smallest_effect(
    tasks: int, repeats: int, expected: Expected | None = None, *, level: float = LEVEL, power: float = 0.8
) -> float:
    """The smallest difference between two line-ups' rates of success that a paired design sees with `power`.

    Between 0 and 1; 1 where there is one task at most. By Student's t over the tasks' differences, whose variance is
    that of repeats within a task and that of what a task means to each of the line-ups.
    """
    if tasks < 2 or repeats < 1:
        return 1.0
    given = expected or Expected()
    one = given.success * (1 - given.success)
    within = 2 * one * (1 - given.alike) / repeats
    between = 2 * one * given.alike * (1 - given.shared)
    needed = stats.t.ppf((1 + level) / 2, tasks - 1) + stats.t.ppf(power, tasks - 1)
    return min(1.0, float(needed) * sqrt((within + between) / tasks))
