"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rota.people import parse
from rota.planner import plan


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        people = parse(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"rota: {arguments.file}: {error}", file=sys.stderr)
        return 1
    for week, name in enumerate(plan(people, arguments.weeks), 1):
        print(f"{week}: {name or '-'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rota", description="Print who has which week.")
    parser.add_argument("file", type=Path, help="a text file, a name a line")
    parser.add_argument("--weeks", type=int, default=4, metavar="N", help="how many weeks")
    return parser
