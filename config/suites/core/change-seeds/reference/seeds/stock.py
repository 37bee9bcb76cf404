"""What is left of a lot."""

from collections.abc import Iterable

from seeds.lots import Lot
from seeds.trials import Trial


def seeds_left(lot: Lot, trials: Iterable[Trial]) -> int:
    """The seeds that no trial has used up; never negative."""
    used = sum(trial.sown for trial in trials if trial.code == lot.code)
    return max(lot.seeds - used, 0)
