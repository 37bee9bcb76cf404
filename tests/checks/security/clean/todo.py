"""A list of things to do in SQLite, on the command line."""

import argparse
import sqlite3
import sys
from pathlib import Path

COLUMNS = {"title": "title", "due": "due_date"}


class Store:
    def __init__(self, path):
        self.path = path
        self.connection = None

    def __enter__(self):
        self.connection = sqlite3.connect(self.path)
        self.connection.execute("CREATE TABLE IF NOT EXISTS todos (id INTEGER PRIMARY KEY, title TEXT, due_date TEXT)")
        return self

    def __exit__(self, *exc_info):
        self.connection.commit()
        self.connection.close()

    def add(self, title, due=None):
        return self.connection.execute("INSERT INTO todos (title, due_date) VALUES (?, ?)", (title, due)).lastrowid

    def listed(self, order="title", ids=()):
        sql = "SELECT id, title, due_date FROM todos"
        if ids:
            sql += f" WHERE id IN ({', '.join('?' for _ in ids)})"
        sql += f" ORDER BY {COLUMNS[order]}"
        return self.connection.execute(sql, tuple(ids)).fetchall()

    def change(self, number, **fields):
        assignments = ", ".join(f"{name} = ?" for name in fields)
        self.connection.execute(f"UPDATE todos SET {assignments} WHERE id = ?", (*fields.values(), number))


def main(argv=None):
    parser = argparse.ArgumentParser(prog="todo")
    parser.add_argument("--file", type=Path, default=Path("todo.db"))
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add")
    add.add_argument("title")
    add.add_argument("--due")
    commands.add_parser("list").add_argument("--order", choices=sorted(COLUMNS), default="title")
    arguments = parser.parse_args(argv)
    with Store(arguments.file) as store:
        if arguments.command == "add":
            print(store.add(arguments.title, arguments.due))
        else:
            for row in store.listed(arguments.order):
                print(*row, sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
