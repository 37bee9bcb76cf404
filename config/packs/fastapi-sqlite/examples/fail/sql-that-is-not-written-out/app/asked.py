"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    return getattr(db, "execute")("SELECT id FROM items WHERE name = '" + text + "'").fetchall()
