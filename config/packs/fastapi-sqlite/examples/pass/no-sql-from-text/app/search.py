"""Looks for items."""

import json
import sqlite3
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")
COUNT = "SELECT count(*) FROM items"
ORDERS: dict[str, str] = {
    "name": "SELECT id FROM items ORDER BY name",
    "id": ("SELECT id FROM items "
           "ORDER BY id"),
}


def found(db: sqlite3.Connection, text: str, ids: list[int]) -> list[sqlite3.Row]:
    db.executescript(SCHEMA.read_text(encoding="utf-8"))
    rows = db.execute("SELECT id FROM items WHERE name LIKE ?", (f"%{text}%",)).fetchall()
    rows += db.execute(
        # Those that were chosen.
        "SELECT id FROM items "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return rows


def ordered(db: sqlite3.Connection, order: str) -> list[sqlite3.Row]:
    if order not in ORDERS:
        raise ValueError(f"select one of {', '.join(ORDERS)} as the order, not {order!r}")
    return db.execute(ORDERS[order]).fetchall()


def last(db: sqlite3.Connection, newest: bool) -> sqlite3.Row | None:
    statement = "SELECT id FROM items ORDER BY id DESC" if newest else "SELECT id FROM items ORDER BY id"
    return db.execute(statement).fetchone()


def count(db: sqlite3.Connection) -> int:
    row: sqlite3.Row = db.execute(COUNT).fetchone()
    return int(row[0])
