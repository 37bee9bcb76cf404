"""What stays and what goes, for a person."""

from datetime import date
from keeper.backups import Backup


def listing(backups: list[Backup], kept: dict[date, str]) -> list[str]:
    """A line for each backup, those that stay before the others, then what is freed."""
    raise NotImplementedError
