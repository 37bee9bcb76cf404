"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from slugs.naming import renames


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        paths = sorted(path for path in arguments.folder.iterdir() if path.is_file())
        for old, new in renames(paths):
            print(f"{old.name} -> {new.name}")
            if arguments.apply:
                old.rename(new)
    except OSError as error:
        print(f"slugs: {arguments.folder}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="slugs", description="Give files names that are safe in addresses.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--apply", action="store_true", help="rename them; otherwise it is only shown")
    return parser
