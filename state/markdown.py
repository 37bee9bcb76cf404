"""Text of others in Markdown, where it is nothing but text.

It is escaped for CommonMark, its tables and the older dialects: `<`, `>` and `&` as entities, which no dialect takes
for HTML, never in a code span, and longer texts as indented blocks, which need no mark that a text could close.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .text import visible

_MARKS = re.compile(r"[\\`*_\[\]~$^]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
"""A pipe ends a cell of a table, in some dialects behind a backslash, too."""
_STARTS = re.compile(r"^(?:[#+=:-]|\d(?=\d*[.)]))")
"""What makes more than a paragraph of a line that begins with it."""
_NO_CODE = re.compile(r"[`|<>&]|^\s|\s$|^$")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table whose cells are texts of others."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(plain(cell) for cell in row)} |"


def quote(text: str) -> list[str]:
    """Paragraphs of others, marked as theirs, with their ends of lines."""
    lines = [line_of(line) for line in visible(text).strip().split("\n")]
    follows = [bool(line) for line in [*lines[1:], ""]]
    return [f"> {line}  " if line and more else f"> {line}".rstrip() for line, more in zip(lines, follows, strict=True)]


def block(text: str) -> list[str]:
    """Text of others as it is: indented code, which is one behind an empty line that no list stands before."""
    lines = visible(text).rstrip().strip("\n").expandtabs(4).split("\n")
    return [f"    {line}".rstrip() for line in lines]


def code(text: str) -> str:
    """A name or a command of others as code; what a code span might not hold everywhere, as escaped text."""
    line = " ".join(visible(text).split("\n"))
    return line_of(text) if _NO_CODE.search(line) else f"`{line}`"


def plain(text: str) -> str:
    """What others wrote, on one line, with nothing in it that is more than text."""
    line = " ".join(visible(text).split())
    line = _MARKS.sub(lambda mark: f"\\{mark.group()}", line)
    line = "".join(_ENTITIES.get(char, char) for char in line).replace("://", r"\://")
    return f"{line[:-1]}&#35;" if line.endswith("#") else line  # it could end a heading


def line_of(text: str) -> str:
    """The same where it begins a line, or what a list holds."""
    return _STARTS.sub(lambda mark: f"&#{ord(mark.group())};", plain(text))
