"""The list of backups."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Backup:
    """What was saved on one day."""

    day: date
    size: int
    """Megabytes."""
    pinned: bool = False


def parse_backups(text: str, today: date) -> list[Backup]:
    """The backups, the latest first. ValueError names the line or the day that is wrong."""
    raise NotImplementedError
