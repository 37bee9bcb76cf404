"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.counting import count_lines


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        print(count_lines(arguments.file))
    except (OSError, ValueError) as error:
        print(f"app: {arguments.file}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app", description="Count the lines of a file.")
    parser.add_argument("file", type=Path, help="a text file in UTF-8")
    return parser
