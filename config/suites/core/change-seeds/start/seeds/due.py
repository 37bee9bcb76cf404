"""When a lot is tried again."""

from collections.abc import Iterable
from datetime import date, timedelta

from seeds.lots import Lot
from seeds.trials import Trial


def due_day(lot: Lot, trials: Iterable[Trial]) -> date:
    """Three years after the newest trial, or the day on which it was received."""
    days = [trial.day for trial in trials if trial.code == lot.code]
    return max(days) + timedelta(days=3 * 365) if days else lot.received
