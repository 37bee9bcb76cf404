"""Looks for items."""

import json
import sqlite3
from pathlib import Path

ORDERS = {
    "name": "SELECT id FROM items ORDER BY name",
    "id": "SELECT id FROM items ORDER BY id",
}


def found(db: sqlite3.Connection, text: str, ids: list[int]) -> list[sqlite3.Row]:
    db.executescript(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"))
    rows = db.execute("SELECT id FROM items WHERE name LIKE ?", (f"%{text}%",)).fetchall()
    rows += db.execute(
        "SELECT id FROM items "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return rows


def ordered(db: sqlite3.Connection, order: str) -> list[sqlite3.Row]:
    if order not in ORDERS:
        raise ValueError(f"select one of {', '.join(ORDERS)} as the order, not {order!r}")
    return db.execute(ORDERS[order]).fetchall()
