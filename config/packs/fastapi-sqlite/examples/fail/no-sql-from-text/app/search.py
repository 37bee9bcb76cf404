"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    return db.execute(f"SELECT id FROM items WHERE name LIKE '%{text}%'").fetchall()
