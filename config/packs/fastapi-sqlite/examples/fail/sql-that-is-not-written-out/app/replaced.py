"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    statement = "SELECT id FROM items WHERE name = '$'"
    statement = statement.replace("$", text)
    return db.execute(statement).fetchall()
