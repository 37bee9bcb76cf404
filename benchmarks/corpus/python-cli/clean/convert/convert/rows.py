"""The rows of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from convert.values import Value, value


class BadRow(ValueError):
    """A row with more or fewer cells than there are columns."""


def rows(lines: Iterable[str], delimiter: str = ",") -> list[dict[str, Value]]:
    """Every row by the names of its columns. BadRow names the line."""
    reader = csv.reader(lines, delimiter=delimiter)
    names = next(reader, [])
    found: list[dict[str, Value]] = []
    for cells in reader:
        if len(cells) != len(names):
            raise BadRow(f"line {reader.line_num}: {len(cells)} cells in {len(names)} columns")
        found.append({name: value(cell) for name, cell in zip(names, cells, strict=True)})
    return found
