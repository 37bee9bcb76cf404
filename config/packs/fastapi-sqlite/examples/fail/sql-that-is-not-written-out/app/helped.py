"""Looks for items."""

import sqlite3


def found(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    return db.execute(where("name", text)).fetchall()


def where(column: str, value: str) -> str:
    start = "SELECT id FROM items"
    return " ".join([start, "WHERE", column, "=", quoted(value)])


def quoted(value: str) -> str:
    return "'" + value + "'"
