"""When a lot is tried again."""

from collections.abc import Iterable
from datetime import date

from seeds.lots import Lot
from seeds.trials import Trial, counted, germination

GOOD = 85
FAIR = 60


def due_day(lot: Lot, trials: Iterable[Trial]) -> date:
    """Some years after the newest trial that counts, or the day on which the lot was received."""
    newest = counted(trials, lot.code)
    percent = germination(newest, lot.code)
    if percent is None:
        return lot.received
    return _years_later(newest[0].day, _years(percent))


def _years(percent: int) -> int:
    """How long a lot may wait for its next trial."""
    if percent >= GOOD:
        return 5
    return 2 if percent >= FAIR else 1


def _years_later(day: date, years: int) -> date:
    """The same day, years later; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
