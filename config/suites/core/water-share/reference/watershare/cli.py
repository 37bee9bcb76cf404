"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from watershare.bill import bill, parse_amount
from watershare.flats import parse_flats


def main(argv: Sequence[str] | None = None) -> int:
    """Print the bill and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        flats = parse_flats(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"watershare: {arguments.file}: {error}", file=sys.stderr)
        return 1
    print("\n".join(bill(flats, arguments.bill)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watershare", description="Share the water bill of a house.")
    parser.add_argument("file", type=Path, help="the meters, a text file in UTF-8")
    parser.add_argument("bill", type=parse_amount, help="the amount of the bill, such as 812.40")
    return parser
