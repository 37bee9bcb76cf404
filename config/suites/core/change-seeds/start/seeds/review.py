"""What is to be done."""

from collections.abc import Iterable
from datetime import date

from seeds.due import due_day
from seeds.lots import Lot
from seeds.trials import Trial


def overdue(lots: Iterable[Lot], trials: Iterable[Trial], today: date) -> list[str]:
    """The codes of the lots whose trial is due."""
    known = list(trials)
    return [lot.code for lot in lots if due_day(lot, known) < today]
