"""Adds a name."""

import sqlite3


def added(db: sqlite3.Connection, name: str) -> bool:
    try:
        db.execute("INSERT INTO items (name) VALUES (?)", (name,))
    except sqlite3.IntegrityError:
        return False
    return True
