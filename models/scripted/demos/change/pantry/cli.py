"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pantry.items import Item
from pantry.stats import average, count
from pantry.store import load, save


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    path = Path(arguments.file)
    try:
        return arguments.command(arguments, path)
    except ValueError as error:
        print(f"pantry: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pantry")
    parser.add_argument("--file", default="pantry.json")
    commands = parser.add_subparsers(required=True)
    add = commands.add_parser("add")
    add.add_argument("name")
    add.add_argument("amount", type=int)
    add.add_argument("--unit", default="pcs")
    add.set_defaults(command=_add)
    take = commands.add_parser("take")
    take.add_argument("name")
    take.add_argument("amount", type=int)
    take.set_defaults(command=_take)
    commands.add_parser("list").set_defaults(command=_list)
    commands.add_parser("stats").set_defaults(command=_stats)
    return parser


def _add(arguments: argparse.Namespace, path: Path) -> int:
    items = load(path)
    known = items.get(arguments.name, Item(arguments.name, 0, arguments.unit))
    items[arguments.name] = known.changed(arguments.amount)
    save(path, items)
    return 0


def _take(arguments: argparse.Namespace, path: Path) -> int:
    items = load(path)
    if arguments.name not in items:
        raise ValueError(f"there is no {arguments.name}")
    items[arguments.name] = items[arguments.name].changed(-arguments.amount)
    save(path, items)
    return 0


def _list(arguments: argparse.Namespace, path: Path) -> int:
    for item in load(path).values():
        print(f"{item.name}\t{item.amount} {item.unit}")
    return 0


def _stats(arguments: argparse.Namespace, path: Path) -> int:
    items = load(path).values()
    print(f"{count(items)} things, {average(items)} of each on average")
    return 0
