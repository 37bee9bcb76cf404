"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, order: str, text: str | None) -> list[sqlite3.Row]:
    query = "SELECT id FROM items"
    if text:
        query += f" WHERE name = '{text}'"
    return db.execute(query).fetchall()
