"""The command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from convert.rows import rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with open(arguments.file, encoding="utf-8-sig", newline="") as lines:
            found = rows(lines, arguments.delimiter)
    except (OSError, ValueError) as error:
        print(f"convert: {arguments.file}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="convert", description="Turn CSV into JSON.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--delimiter", default=",", help="what stands between two cells (default: a comma)")
    return parser
