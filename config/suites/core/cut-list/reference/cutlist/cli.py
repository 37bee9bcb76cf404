"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cutlist.boards import place
from cutlist.pieces import parse_pieces
from cutlist.plan import plan


def main(argv: Sequence[str] | None = None) -> int:
    """Print the plan and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        pieces = parse_pieces(arguments.file.read_text(encoding="utf-8"))
        boards = place(pieces, arguments.stock, arguments.kerf, arguments.offcut)
    except (OSError, ValueError) as error:
        print(f"cutlist: {arguments.file}: {error}", file=sys.stderr)
        return 1
    print("\n".join(plan(boards, arguments.kerf)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cutlist", description="Plan how pieces are sawn from boards.")
    parser.add_argument("file", type=Path, help="the pieces, a text file in UTF-8")
    parser.add_argument("--stock", type=int, default=2400, metavar="MM", help="the length of a new board")
    parser.add_argument("--kerf", type=int, default=3, metavar="MM", help="what a cut takes")
    parser.add_argument("--offcut", type=int, default=[], action="append", metavar="MM", help="an old board")
    return parser
