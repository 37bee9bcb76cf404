"""What a stay costs, in cents."""

from datetime import datetime, timedelta

FREE = timedelta(minutes=20)

HOUR = 240

NIGHT_HOUR = 80

EVENING = 20

MORNING = 6

MOST = 1800

BLOCK = 24


def stay_cents(start: datetime, end: datetime) -> int:
    """The cents of a stay for somebody who is no subscriber."""
    raise NotImplementedError


def halved(cents: int) -> int:
    """Half of an amount, rounded up to whole ten cents."""
    raise NotImplementedError
