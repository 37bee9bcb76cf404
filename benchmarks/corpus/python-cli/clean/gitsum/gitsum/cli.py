"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from gitsum.history import Change, GitFailed, changes, log


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        lines = log(arguments.repository, arguments.since)
    except GitFailed as error:
        print(f"gitsum: {arguments.repository}: {error}", file=sys.stderr)
        return 1
    for author, count in by_author(changes(lines)):
        print(f"{count:>7} {author}")
    return 0


def by_author(found: Iterable[Change]) -> list[tuple[str, int]]:
    """Who changed how many lines, the most first."""
    lines: Counter[str] = Counter()
    for change in found:
        lines[change.author] += change.added + change.removed
    return lines.most_common()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gitsum", description="Say who changed a repository, and how much.")
    parser.add_argument("repository", type=Path, nargs="?", default=Path(), help="default: this folder")
    parser.add_argument("--since", metavar="WHEN", help="as git takes it, such as '2 weeks ago'")
    return parser
