"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from logstat.counting import Summary, summarize
from logstat.parsing import requests


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with open(arguments.log, encoding="utf-8", errors="replace") as lines:
            summary = summarize(requests(lines))
    except OSError as error:
        print(f"logstat: {arguments.log}: {error.strerror}", file=sys.stderr)
        return 1
    print(report(summary, arguments.top))
    return 0


def report(summary: Summary, top: int) -> str:
    """What people see of `summary`, with the `top` paths that were asked for most."""
    lines = [
        f"requests {summary.total}",
        f"bytes    {summary.bytes}",
        f"failed   {summary.failed} ({summary.failure_rate:.1%})",
    ]
    lines += [f"{count:>8} {path}" for path, count in summary.paths.most_common(top)]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="logstat", description="Count the requests of a web server's log.")
    parser.add_argument("log", type=Path, help="in the common or the combined format")
    parser.add_argument("--top", type=int, default=10, help="how many paths are shown (default: 10)")
    return parser
