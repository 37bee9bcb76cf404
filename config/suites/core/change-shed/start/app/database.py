"""Where connections come from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from fastapi import Request

SCHEMA = Path(__file__).with_name("schema.sql")


def open_database(path: str) -> sqlite3.Connection:
    """A new connection to the database in the file `path`."""
    connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def create_tables(path: str) -> None:
    """Make the tables that are missing."""
    with closing(open_database(path)) as connection:
        connection.executescript(SCHEMA.read_text(encoding="utf-8"))


def database(request: Request) -> Iterator[sqlite3.Connection]:
    """The connection of one request. Who writes commits: `with connection:`."""
    with closing(open_database(request.app.state.settings.database)) as connection:
        yield connection
