"""Looks for items."""

import sqlite3

FOUND = {"name": "SELECT id FROM items WHERE name = 'a'"}


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    FOUND["name"], order = text, "id"
    return sorted(db.execute(FOUND["name"]), key=lambda row: row[order])
