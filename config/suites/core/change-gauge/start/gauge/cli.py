"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gauge.figures import highest, mean
from gauge.readings import parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        readings = parse(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"gauge: {arguments.file}: {error}", file=sys.stderr)
        return 1
    top = highest(readings)
    print(f"mean: {mean(readings)} cm")
    print(f"highest: {top.level} cm at {top.time}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gauge", description="Figures about a river's levels.")
    parser.add_argument("file", type=Path, help="a text file, a time and a level a line")
    return parser
