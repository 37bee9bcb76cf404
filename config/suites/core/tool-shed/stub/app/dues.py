"""When a loan is due, and what it costs to be late."""

from datetime import date

SUNDAY = 6

FIRST_DAYS = 7

FIRST = 150

FURTHER = 300


def due_day(day: date, days: int) -> date:
    """The day on which a loan is due; a Sunday becomes the Monday after it."""
    raise NotImplementedError


def late_fee(due: date, back: date, deposit: int) -> int:
    """The cents for a tool that comes back on a day, at most its deposit."""
    raise NotImplementedError
