"""Which pages there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path


def pages(places: Iterable[Path]) -> Iterator[Path]:
    """The Markdown files of `places`: files as they are, and all below folders, sorted. FileNotFoundError."""
    for place in places:
        if place.is_dir():
            yield from sorted(place.rglob("*.md"))
        elif place.is_file():
            yield place
        else:
            raise FileNotFoundError(f"{place}: there is no such file or folder")
