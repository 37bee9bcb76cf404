"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from ledger.entries import read_entries
from ledger.sums import by_category, share


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        entries = read_entries(arguments.file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        print(f"ledger: {arguments.file}: {error}", file=sys.stderr)
        return 1
    sums = by_category(entries, arguments.month)
    total = sum(sums.values(), Decimal())
    for category, amount in sums.items():
        print(f"{category:<12}{amount:>10.2f}{share(amount, total):>5} %")
    print(f"{'total':<12}{total:>10.2f}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ledger", description="Sum up expenses by category.")
    parser.add_argument("file", type=Path, help="a CSV file with the columns date, category, amount")
    parser.add_argument("--month", metavar="YYYY-MM", help="only expenses of this month")
    return parser
