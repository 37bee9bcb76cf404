"""Days and fees of a loan."""

from datetime import date, timedelta

LOAN_DAYS = 14
DAY_CENTS = 25
MOST_CENTS = 500


def due_day(day: date) -> date:
    """When what is lent on `day` should be back."""
    return day + timedelta(days=LOAN_DAYS)


def late_cents(due: date, back: date) -> int:
    """What it costs to come back on that day."""
    late = max((back - due).days, 0)
    return min(late * DAY_CENTS, MOST_CENTS)
