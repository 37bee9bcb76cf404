"""Adds expenses up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from ledger.entries import Entry


def by_category(entries: Iterable[Entry], month: str | None = None) -> dict[str, Decimal]:
    """What was spent in each category, the largest first; in one month only where it is given."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if month is None or entry.month == month:
            sums[entry.category] += entry.amount
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def share(part: Decimal, whole: Decimal) -> int:
    """How much `part` is of `whole`, in percent; 0 of nothing."""
    return round(100 * part / whole) if whole else 0
