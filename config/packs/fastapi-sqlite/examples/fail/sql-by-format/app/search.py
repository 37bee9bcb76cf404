"""Looks for items."""

import sqlite3


def fill(db: sqlite3.Connection, table: str, rows: list[tuple[str]]) -> None:
    db.executemany("INSERT INTO {} (name) VALUES (?)".format(table), rows)
