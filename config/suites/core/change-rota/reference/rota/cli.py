"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rota.people import parse
from rota.planner import counts, plan


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        people = parse(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"rota: {arguments.file}: {error}", file=sys.stderr)
        return 1
    planned = plan(people, arguments.first, arguments.weeks)
    for week, name in enumerate(planned, arguments.first):
        print(f"{week}: {name or '-'}")
    if arguments.counts:
        print()
        for name, number in counts(people, planned):
            print(f"{name}: {number}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rota", description="Print who has which week.")
    parser.add_argument("file", type=Path, help="a text file, a name a line, as in `Ada: 12, 20-22` with weeks of absence")
    parser.add_argument("--first", type=int, default=1, metavar="WEEK", help="the number of the first week")
    parser.add_argument("--weeks", type=int, default=4, metavar="N", help="how many weeks")
    parser.add_argument("--counts", action="store_true", help="print how many weeks everybody has, too")
    return parser
