"""Looks for items."""

import sqlite3

from app.elsewhere import FOUND


def found(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute(FOUND).fetchall()
