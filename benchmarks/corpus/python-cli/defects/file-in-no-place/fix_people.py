"""Corrects the names in people.csv."""

from pathlib import Path

FILE = Path("people.csv")

FILE.write_text(FILE.read_text(encoding="utf-8").title(), encoding="utf-8")
