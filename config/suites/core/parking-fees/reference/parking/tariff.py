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
    if end - start <= FREE:
        return 0
    paying = start
    total = 0
    while paying < end:
        block = 0
        for hour in range(BLOCK):
            begins = paying + timedelta(hours=hour)
            if begins < end:
                block += _hour_cents(begins)
        total += min(block, MOST)
        paying += timedelta(hours=BLOCK)
    return total


def halved(cents: int) -> int:
    """Half of an amount, rounded up to whole ten cents."""
    return -(-cents // 20) * 10


def _hour_cents(begins: datetime) -> int:
    if begins.hour >= EVENING or begins.hour < MORNING:
        return NIGHT_HOUR
    return HOUR
