"""The links of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(\s*<?([^)>\s]+)>?[^)]*\)")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True)
class Broken:
    """A link to nothing."""

    page: Path
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.target}"


def links(text: str) -> Iterator[tuple[int, str]]:
    """Each link of a Markdown text with its line, from 1; what stands in blocks of code is none."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            for match in _LINK.finditer(line):
                yield number, match[1]


def broken_links(page: Path) -> list[Broken]:
    """The links of `page` to files that are not there."""
    text = page.read_text(encoding="utf-8")
    return [Broken(page, number, target) for number, target in links(text) if not _leads(page, target)]


def _leads(page: Path, target: str) -> bool:
    split = urlsplit(target)
    if split.scheme or split.netloc or not split.path:
        return True
    return (page.parent / unquote(split.path)).exists()
