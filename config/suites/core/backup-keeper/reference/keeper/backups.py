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
    found: dict[date, Backup] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            backup = _backup(line.split())
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if backup.day in found:
            raise ValueError(f"line {number}: {backup.day} is there twice")
        if backup.day > today:
            raise ValueError(f"{backup.day} is after today")
        found[backup.day] = backup
    return [found[day] for day in sorted(found, reverse=True)]


def _backup(words: list[str]) -> Backup:
    if len(words) not in (2, 3) or words[2:] not in ([], ["pin"]) or not words[1].isdecimal():
        raise ValueError("write YYYY-MM-DD SIZE or YYYY-MM-DD SIZE pin")
    return Backup(date.fromisoformat(words[0]), int(words[1]), len(words) == 3)
