"""The command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from todo.store import Store, Task, UnknownTask


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        store = Store(arguments.file)
        for task in _changed(store, arguments):
            print(line(task))
        store.save()
    except UnknownTask as error:
        print(f"todo: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"todo: {arguments.file}: {error}", file=sys.stderr)
        return 1
    return 0


def _changed(store: Store, arguments: argparse.Namespace) -> list[Task]:
    if arguments.command == "add":
        return [store.add(arguments.text, arguments.tag)]
    if arguments.command == "done":
        return [store.finish(arguments.number)]
    return [task for task in store.tasks if arguments.all or not task.done]


def line(task: Task) -> str:
    """How a task is shown."""
    return f"{task.id:>3} [{'x' if task.done else ' '}] {task.text}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="todo", description="Keep a list of things to do.")
    parser.add_argument("--file", type=Path, default=Path("todo.json"), help="where it is kept (default: todo.json)")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add a task")
    add.add_argument("text")
    add.add_argument("--tag", action="append", help="may be given several times")
    done = commands.add_parser("done", help="mark a task as done")
    done.add_argument("number", type=int)
    listed = commands.add_parser("list", help="show the tasks")
    listed.add_argument("--all", action="store_true", help="those that are done, too")
    return parser
