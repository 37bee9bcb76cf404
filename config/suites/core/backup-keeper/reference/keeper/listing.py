"""What stays and what goes, for a person."""

from datetime import date

from keeper.backups import Backup


def listing(backups: list[Backup], kept: dict[date, str]) -> list[str]:
    """A line for each backup, those that stay before the others, then what is freed."""
    latest = sorted(backups, key=lambda backup: backup.day, reverse=True)
    going = [backup for backup in latest if backup.day not in kept]
    lines = [f"keep {backup.day} {kept[backup.day]}" for backup in latest if backup.day in kept]
    lines += [f"delete {backup.day}" for backup in going]
    lines.append(f"frees {sum(backup.size for backup in going)} MB")
    return lines
