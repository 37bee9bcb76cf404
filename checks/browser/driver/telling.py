from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

_TEXT = 1000
"""Characters of one value."""
_OF_A_KIND = 40
"""Lines of one kind about one page."""
_ALL = 4000
_ENDS = ("end", "late", "full", "unopened")
"""What has to be told, or else nothing is known."""


class Report:
    """Lines of JSON, each one thing that was seen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told: Counter[tuple[str, str]] = Counter()
        self._lines = 0

    @property
    def full(self) -> bool:
        """Whether things may have been left out that are not like those that were told."""
        return self._lines >= _ALL

    def tell(self, kind: str, page: str = "", **facts: Any) -> None:
        """Write a line; what is too much is left out."""
        self._told[kind, page] += 1
        if self._told[kind, page] > _OF_A_KIND or (self.full and kind not in _ENDS):
            return
        self._lines += 1
        known = {name: value[:_TEXT] if isinstance(value, str) else value for name, value in facts.items()}
        with self._path.open("a", encoding="ascii") as file:
            file.write(json.dumps({"kind": kind, "page": page[:_TEXT], **known}) + "\n")
