"""The command line."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from notes.database import Notes


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with Notes(arguments.file) as notes:
            return _done(notes, arguments)
    except sqlite3.Error as error:
        print(f"notes: {arguments.file}: {error}", file=sys.stderr)
        return 1


def _done(notes: Notes, arguments: argparse.Namespace) -> int:
    if arguments.command == "add":
        print(notes.add(arguments.text))
    elif arguments.command == "find":
        for note in notes.find(arguments.words):
            print(f"{note.id}\t{note.written}\t{note.text}")
    elif not notes.remove(arguments.number):
        print(f"notes: there is no note {arguments.number}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="notes", description="Keep notes, and find them by words.")
    parser.add_argument("--file", type=Path, default=Path("notes.db"), help="where they are kept (default: notes.db)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("add", help="keep a note").add_argument("text")
    commands.add_parser("find", help="find notes").add_argument("words")
    commands.add_parser("remove", help="drop a note").add_argument("number", type=int)
    return parser
