"""What waiting costs."""

FREE_DAYS = 3
LAST_DAY = 10
DAY_CENTS = {"S": 50, "M": 80, "L": 120}


def fee_cents(size: str, days: int) -> int:
    """The price of so many days in a box of that size."""
    return max(days - FREE_DAYS, 0) * DAY_CENTS[size]


def is_late(days: int) -> bool:
    """Whether a parcel that waits for so many days goes back."""
    return days > LAST_DAY
