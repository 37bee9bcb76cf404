"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: bytes) -> list[sqlite3.Row]:
    return db.execute((b"SELECT id FROM items WHERE name = '%b'" % text).decode()).fetchall()
