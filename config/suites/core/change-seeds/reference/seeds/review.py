"""What is to be done."""

from collections.abc import Iterable
from datetime import date

from seeds.due import FAIR, due_day
from seeds.lots import Lot
from seeds.stock import seeds_left
from seeds.trials import Trial, germination

ENOUGH = 200


def overdue(lots: Iterable[Lot], trials: Iterable[Trial], today: date) -> list[str]:
    """The codes of the lots whose trial is due, by day and code."""
    known = list(trials)
    due = sorted((due_day(lot, known), lot.code) for lot in lots)
    return [code for day, code in due if day <= today]


def to_grow(lots: Iterable[Lot], trials: Iterable[Trial]) -> list[str]:
    """The codes of the lots that have to be grown anew, sorted."""
    known = list(trials)
    return sorted(lot.code for lot in lots if _is_poor(lot, known) or seeds_left(lot, known) < ENOUGH)


def _is_poor(lot: Lot, trials: list[Trial]) -> bool:
    """Whether it is known that too little of it sprouts."""
    percent = germination(trials, lot.code)
    return percent is not None and percent < FAIR
