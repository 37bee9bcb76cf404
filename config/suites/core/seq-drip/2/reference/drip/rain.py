"""What the rain of the last days is worth."""

from collections.abc import Sequence


def useful_mm10(days: Sequence[int]) -> int:
    """The tenths of a millimetre that count, of those of each day, the newest last; ValueError for a negative one."""
    if any(day < 0 for day in days):
        raise ValueError("rain cannot be negative")
    quarters = sum(day * weight for day, weight in zip(reversed(days), (4, 2, 1), strict=False))
    return quarters // 4
