"""Reads the expenses."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation


class BadEntry(ValueError):
    """A row that is no expense."""


@dataclass(frozen=True)
class Entry:
    """One expense."""

    day: date
    category: str
    amount: Decimal

    @property
    def month(self) -> str:
        """As `2024-03`."""
        return f"{self.day:%Y-%m}"


def read_entries(lines: Iterable[str]) -> list[Entry]:
    """The entries of a CSV file with the columns date, category and amount. BadEntry names the line."""
    reader = csv.DictReader(lines)
    return [_entry(row, reader.line_num) for row in reader]


def _entry(row: dict[str, str], line: int) -> Entry:
    try:
        return Entry(date.fromisoformat(row["date"]), row["category"].strip().lower(), Decimal(row["amount"]))
    except KeyError as error:
        raise BadEntry(f"line {line}: there is no column {error}") from error
    except (ValueError, InvalidOperation) as error:
        raise BadEntry(f"line {line}: {row['date']!r} and {row['amount']!r} are no day and amount") from error
