"""Looks for items."""

import sqlite3

FOUND = "SELECT id FROM items WHERE name = '{0}'"


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    return db.execute(str.format(FOUND, text)).fetchall()
