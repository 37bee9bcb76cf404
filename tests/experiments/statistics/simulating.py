"""Outcomes of tasks that are known to be hard or easy: the truth that intervals have to hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class World:
    """Tasks whose rates of success are spread around `success`, and what a try costs."""

    success: float
    alike: float
    """Correlation of repeats within a task."""

    def shares(self, tasks: int, rng: np.random.Generator) -> np.ndarray:
        """Each task's own rate."""
        if self.alike == 0:
            return np.full(tasks, self.success)
        strength = (1 - self.alike) / self.alike
        return rng.beta(self.success * strength, (1 - self.success) * strength, tasks)

    def outcomes(self, tasks: int, repeats: int, rng: np.random.Generator) -> np.ndarray:
        """Tasks by repeats."""
        return rng.random((tasks, repeats)) < self.shares(tasks, rng)[:, None]

    def costs(self, outcomes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What each try cost: tasks differ, and what fails has cost more."""
        tasks, repeats = outcomes.shape
        base = rng.lognormal(0, 0.6, (tasks, 1))
        return base * rng.lognormal(0, 0.4, (tasks, repeats)) * np.where(outcomes, 1.0, 1.8)
