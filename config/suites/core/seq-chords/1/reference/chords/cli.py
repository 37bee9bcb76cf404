"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from chords.songs import move_song


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        print(move_song(arguments.file.read_text(encoding="utf-8"), arguments.steps), end="")
    except (OSError, ValueError) as error:
        print(f"chords: {arguments.file}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chords", description="Transpose a song.")
    parser.add_argument("file", type=Path, help="a text file in UTF-8, with chords in square brackets")
    parser.add_argument("steps", type=int, help="half tones, below 0 for lower")
    return parser
