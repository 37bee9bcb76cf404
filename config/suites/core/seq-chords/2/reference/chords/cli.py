"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from chords.songs import count_chords, move_song

FRETS = range(12)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        song = _moved(arguments)
    except (OSError, ValueError) as error:
        print(f"chords: {arguments.file}: {error}", file=sys.stderr)
        return 1
    if arguments.count:
        for name, number in count_chords(song):
            print(f"{name}\t{number}")
    else:
        print(song, end="")
    return 0


def _moved(arguments: argparse.Namespace) -> str:
    """The song as the arguments want it."""
    if arguments.capo not in FRETS:
        raise ValueError(f"no fret {arguments.capo}")
    text = arguments.file.read_text(encoding="utf-8")
    return move_song(text, arguments.steps - arguments.capo, arguments.flats)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chords", description="Transpose a song.")
    parser.add_argument("file", type=Path, help="a text file in UTF-8, with chords in square brackets")
    parser.add_argument("steps", type=int, nargs="?", default=0, help="half tones, below 0 for lower")
    parser.add_argument("--flats", action="store_true", help="write Db, not C#")
    parser.add_argument("--capo", type=int, default=0, metavar="FRET", help="write it for a capo at this fret")
    parser.add_argument("--count", action="store_true", help="print how often each chord is there")
    return parser
