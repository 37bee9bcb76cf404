"""Names that are safe in addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

_OTHERS = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


def slug(text: str) -> str:
    """`text` in small letters, digits and `-`; "" where nothing is left."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _OTHERS.sub("-", plain.encode("ascii", "ignore").decode("ascii")).strip("-")


def renames(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Which files get which names; two never get the same, and none that is taken."""
    taken = {path.name for path in paths}
    found: list[tuple[Path, Path]] = []
    for path in paths:
        wanted = f"{slug(path.stem) or 'file'}{path.suffix.lower()}"
        if wanted == path.name:
            continue
        name, number = wanted, 2
        while name in taken:
            name = f"{Path(wanted).stem}-{number}{path.suffix.lower()}"
            number += 1
        taken.add(name)
        found.append((path, path.with_name(name)))
    return found
