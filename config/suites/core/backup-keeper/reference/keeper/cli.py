"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from keeper.backups import parse_backups
from keeper.listing import listing
from keeper.rules import reasons


def main(argv: Sequence[str] | None = None) -> int:
    """Print what stays and what goes, and return the exit code."""
    arguments = _parser().parse_args(argv)
    today: date = arguments.today or date.today()
    try:
        backups = parse_backups(arguments.file.read_text(encoding="utf-8"), today)
    except (OSError, ValueError) as error:
        print(f"keeper: {arguments.file}: {error}", file=sys.stderr)
        return 1
    print("\n".join(listing(backups, reasons(backups, today))))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="keeper", description="Say which backups may be deleted.")
    parser.add_argument("file", type=Path, help="the list of backups, a text file in UTF-8")
    parser.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day that counts as today")
    return parser
