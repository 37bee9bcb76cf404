"""Which backups stay, and why."""

from datetime import date
from keeper.backups import Backup

DAYS = 7

WEEKS = 4

MONTHS = 6


def reasons(backups: list[Backup], today: date) -> dict[date, str]:
    """The days of the backups that stay, each with its reason."""
    raise NotImplementedError
