"""The imports of a file that does not parse, read line by line: an error may have swallowed them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import ImportOf

_LINE = 1000
_FROM = re.compile(r"\s{0,40}from\s{1,8}(\.{0,20})([\w.]*)\s{1,8}import\s{1,8}\(?([\w\s,*]*)")
_IMPORT = re.compile(r"\s{0,40}import\s{1,8}([\w.\s,]+)")
_SCRIPT = re.compile(r"\b(?:from|import|require)\s{0,8}\(?\s{0,8}[\"']([^\"']{1,200})[\"']")


def imports_by_line(language: str, data: bytes) -> Iterator[ImportOf]:
    """What the lines of a file say that it imports."""
    for line in data.decode("utf-8", "replace").splitlines():
        if len(line) <= _LINE:
            yield from _python(line) if language == "python" else map(ImportOf, _SCRIPT.findall(line))


def _python(line: str) -> Iterator[ImportOf]:
    if found := _FROM.match(line):
        yield ImportOf(found[2], tuple(_names(found[3])), len(found[1]))
    elif found := _IMPORT.match(line):
        yield from map(ImportOf, _names(found[1]))


def _names(text: str) -> Iterator[str]:
    """The names in `a, b as c`."""
    return (words[0] for part in text.split(",") if (words := part.split()))
