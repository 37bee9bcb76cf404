"""The command line."""

import sys
from pathlib import Path

from relay.results import parse_results
from relay.table import table


def main(argv: list[str] | None = None) -> int:
    """Print the table of the file that is named; 0, or 2 after a message on stderr."""
    words = sys.argv[1:] if argv is None else argv
    if len(words) != 1:
        print("usage: python -m relay FILE", file=sys.stderr)
        return 2
    try:
        lines = table(parse_results(Path(words[0]).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        print(f"relay: {words[0]}: {error}", file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    return 0
