"""Finds files with the same contents."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

_BLOCK = 1 << 16


def digest(path: Path) -> str:
    """SHA-256 of a file's contents, read block by block."""
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def files_below(folder: Path, smallest: int) -> Iterator[Path]:
    """The plain files below `folder` of at least `smallest` bytes; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size >= smallest:
            yield path


def duplicates(paths: Iterable[Path]) -> list[list[Path]]:
    """Groups of two files or more that are alike; only those of one size are read."""
    by_size: defaultdict[int, list[Path]] = defaultdict(list)
    for path in paths:
        by_size[path.stat().st_size].append(path)
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for alike in by_size.values():
        if len(alike) > 1:
            for path in alike:
                groups[digest(path)].append(path)
    return [group for group in groups.values() if len(group) > 1]
