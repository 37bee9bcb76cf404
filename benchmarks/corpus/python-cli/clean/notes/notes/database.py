"""The notes, in SQLite."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  written TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""


@dataclass(frozen=True)
class Note:
    """One note."""

    id: int
    text: str
    written: str


class Notes:
    """The notes of one file; `with` closes it."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute(_SCHEMA)

    def __enter__(self) -> Notes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, text: str) -> int:
        """Keep a note, and return its number."""
        with self._connection:
            cursor = self._connection.execute("INSERT INTO notes (text) VALUES (?)", (text,))
        return cursor.lastrowid or 0

    def find(self, words: str) -> list[Note]:
        """The notes that hold `words`, in any case, the newest first."""
        pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._connection.execute(
            "SELECT id, text, written FROM notes WHERE text LIKE ? ESCAPE '\\' ORDER BY id DESC", (f"%{pattern}%",)
        )
        return [Note(*row) for row in rows]

    def remove(self, number: int) -> bool:
        """Drop a note; whether there was one."""
        with self._connection:
            return self._connection.execute("DELETE FROM notes WHERE id = ?", (number,)).rowcount > 0
