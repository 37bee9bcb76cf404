"""Reads another database."""

import sqlite3
from contextlib import closing


def names(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM items")]
