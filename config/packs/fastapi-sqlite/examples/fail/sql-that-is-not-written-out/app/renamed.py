"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    run = db.execute
    return run("SELECT id FROM items WHERE name = '" + text + "'").fetchall()
