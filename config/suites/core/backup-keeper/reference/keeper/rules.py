"""Which backups stay, and why."""

from collections.abc import Callable
from datetime import date, timedelta

from keeper.backups import Backup

DAYS = 7
WEEKS = 4
MONTHS = 6


def reasons(backups: list[Backup], today: date) -> dict[date, str]:
    """The days of the backups that stay, each with its reason."""
    kept = {backup.day: "pin" for backup in backups if backup.pinned}
    days = [backup.day for backup in backups if not backup.pinned]
    oldest = today - timedelta(days=DAYS - 1)
    kept |= {day: "day" for day in days if day >= oldest}
    older = [day for day in days if day < oldest]
    weeks = _latest(older, _monday, WEEKS)
    kept |= {min(week): "week" for week in weeks.values()}
    rest = [day for day in older if _monday(day) not in weeks]
    months = _latest(rest, _first, MONTHS)
    kept |= {min(month): "month" for month in months.values()}
    return kept


def _latest(days: list[date], start: Callable[[date], date], count: int) -> dict[date, list[date]]:
    """The days of the `count` latest periods that have one, by the first day of the period."""
    periods: dict[date, list[date]] = {}
    for day in days:
        periods.setdefault(start(day), []).append(day)
    return {first: periods[first] for first in sorted(periods, reverse=True)[:count]}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first(day: date) -> date:
    return day.replace(day=1)
