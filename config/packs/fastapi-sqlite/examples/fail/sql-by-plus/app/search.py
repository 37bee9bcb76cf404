"""Looks for items."""

import sqlite3


def remove(db: sqlite3.Connection, names: list[str]) -> None:
    db.executescript(";".join("DELETE FROM items WHERE name = " + name for name in names))
