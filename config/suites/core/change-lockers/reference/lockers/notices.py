"""What recipients are told."""

from lockers.fees import FREE_DAYS, fee_cents
from lockers.wall import Wall


def notices(wall: Wall, day: int) -> list[str]:
    """A line for each parcel."""
    return [f"{parcel}: box {box.number}, {_state(box.size, day - since)}" for parcel, box, since in wall.lying()]


def _state(size: str, days: int) -> str:
    """The free days that are left, or what it costs."""
    left = FREE_DAYS - days
    if left > 0:
        return f"{left} day left" if left == 1 else f"{left} days left"
    cents = fee_cents(size, days)
    return f"{cents // 100}.{cents % 100:02} EUR" if cents else "last day"
