"""Looks for items."""

import sqlite3

FOUND = {"name": "SELECT id FROM items WHERE name = 'a'"}


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    FOUND["name"] = FOUND["name"].replace("a", text)
    return db.execute(FOUND["name"]).fetchall()
