"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gauge.figures import alarms, gaps, highest, mean
from gauge.readings import Reading, parse, since


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        readings = parse(arguments.file.read_text(encoding="utf-8"))
        if arguments.since is not None:
            readings = since(readings, arguments.since)
    except (OSError, ValueError) as error:
        print(f"gauge: {arguments.file}: {error}", file=sys.stderr)
        return 1
    for line in _lines(readings, arguments.limit):
        print(line)
    return 0


def _lines(readings: list[Reading], limit: int | None) -> list[str]:
    """What is printed of them."""
    top = highest(readings)
    lines = ["no levels"]
    if top is not None:
        lines = [f"mean: {mean(readings)} cm", f"highest: {top.level} cm at {top.time}"]
    if missing := gaps(readings):
        lines.append(f"gaps: {missing}")
    if limit is not None:
        found = alarms(readings, limit)
        lines += [f"alarm: {first} to {last}, {level} cm" for first, last, level in found] or ["no alarm"]
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gauge", description="Figures about a river's levels.")
    parser.add_argument("file", type=Path, help="a text file, a time and a level a line, `-` for a gap")
    parser.add_argument("--limit", type=int, metavar="CM", help="list the alarms, at or over this level")
    parser.add_argument("--since", metavar="DAY", help="only readings of this day, such as 2026-03-02, and later")
    return parser
