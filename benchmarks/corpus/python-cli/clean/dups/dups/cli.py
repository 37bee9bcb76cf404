"""The command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from dups.finding import duplicates, files_below


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    if not arguments.folder.is_dir():
        print(f"dups: {arguments.folder}: is no folder", file=sys.stderr)
        return 1
    try:
        groups = duplicates(files_below(arguments.folder, arguments.min_size))
    except OSError as error:
        print(f"dups: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps([[str(path) for path in group] for group in groups]))
    else:
        print("\n\n".join("\n".join(str(path) for path in group) for group in groups))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dups", description="Find files that have the same contents.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--min-size", type=int, default=1, metavar="BYTES", help="leave smaller files out (default: 1)")
    parser.add_argument("--json", action="store_true", help="print the groups as JSON")
    return parser
