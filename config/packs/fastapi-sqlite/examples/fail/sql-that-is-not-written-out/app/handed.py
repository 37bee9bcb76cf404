"""Looks for items."""

import sqlite3

STATEMENT = "SELECT id FROM items"


def found(db: sqlite3.Connection, STATEMENT: str) -> list[sqlite3.Row]:
    return db.execute(STATEMENT).fetchall()
