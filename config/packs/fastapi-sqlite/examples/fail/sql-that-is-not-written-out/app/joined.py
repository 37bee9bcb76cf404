"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    parts = ["SELECT id FROM items WHERE name = '", text, "'"]
    statement = "".join(parts)
    return db.execute(statement).fetchall()
