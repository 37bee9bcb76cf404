"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from linkcheck.links import broken_links
from linkcheck.pages import pages


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 1 where a link is broken."""
    arguments = _parser().parse_args(argv)
    try:
        found = [link for page in pages(arguments.places) for link in broken_links(page)]
    except (OSError, ValueError) as error:
        print(f"linkcheck: {error}", file=sys.stderr)
        return 1
    for link in found:
        print(link)
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linkcheck", description="Find links that lead to no file.")
    parser.add_argument("places", type=Path, nargs="+", help="Markdown files, or folders of them")
    return parser
