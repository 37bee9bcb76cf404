"""Adds a name."""

import sqlite3


def added(db: sqlite3.Connection, name: str) -> bool:
    try:
        db.execute("INSERT INTO items (name) VALUES (?)", (name,))
    except:
        return False
    return True
