"""The pantry's file: a JSON list of items, sorted by name."""

import json
from pathlib import Path

from pantry.items import Item


def load(path: Path) -> dict[str, Item]:
    """Return the items by name; none where the file does not exist."""
    if not path.exists():
        return {}
    return {row["name"]: Item.from_row(row) for row in json.loads(path.read_text(encoding="utf-8"))}


def save(path: Path, items: dict[str, Item]) -> None:
    """Write the items, sorted by name."""
    rows = [items[name].row() for name in sorted(items)]
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
