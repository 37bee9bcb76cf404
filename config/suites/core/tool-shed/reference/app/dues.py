"""When a loan is due, and what it costs to be late."""

from datetime import date, timedelta

SUNDAY = 6
FIRST_DAYS = 7
FIRST = 150
FURTHER = 300


def due_day(day: date, days: int) -> date:
    """The day on which a loan is due; a Sunday becomes the Monday after it."""
    due = day + timedelta(days=days)
    if due.weekday() == SUNDAY:
        due += timedelta(days=1)
    return due


def late_fee(due: date, back: date, deposit: int) -> int:
    """The cents for a tool that comes back on a day, at most its deposit."""
    late = max(0, (back - due).days)
    fee = FIRST * min(late, FIRST_DAYS) + FURTHER * max(0, late - FIRST_DAYS)
    return min(fee, deposit)
