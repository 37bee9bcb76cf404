"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from passwords.making import LETTERS, SIGNS, phrase, random_password
from passwords.strength import bits, verdict


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        password, entropy = _made(arguments)
    except (OSError, ValueError) as error:
        print(f"passwords: {error}", file=sys.stderr)
        return 1
    print(password)
    print(f"{entropy:.0f} bits: {verdict(entropy)}", file=sys.stderr)
    return 0


def _made(arguments: argparse.Namespace) -> tuple[str, float]:
    if arguments.words:
        words = arguments.list.read_text(encoding="utf-8").split()
        return phrase(words, arguments.words), bits(len(set(words)), arguments.words)
    alphabet = LETTERS + (SIGNS if arguments.signs else "")
    return random_password(arguments.length, arguments.signs), bits(len(alphabet), arguments.length)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="passwords", description="Make a password that people can type.")
    parser.add_argument("--length", type=int, default=16, help="how many characters (default: 16)")
    parser.add_argument("--signs", action="store_true", help="use signs, too")
    parser.add_argument("--words", type=int, metavar="COUNT", help="a phrase of words instead")
    parser.add_argument("--list", type=Path, default=Path("/usr/share/dict/words"), help="where the words are")
    return parser
