from __future__ import annotations

from collections.abc import Iterator

from ...state.markdown import line_of, plain, table
from .base import Summary
from .tables import headline, tables


def as_markdown(summary: Summary) -> str:
    """The summary as one Markdown document that reads well unrendered, too."""
    return "\n".join(_lines(summary))


def _lines(summary: Summary) -> Iterator[str]:
    yield f"# {plain(summary.title)}"
    yield from ("", headline(summary))
    if summary.about:
        yield ""
        yield from (f"- {line_of(sentence)}" for sentence in summary.about)
    if summary.warnings:
        yield ""
        yield from (f"- **{line_of(warning)}**" for warning in summary.warnings)
    for each in tables(summary):
        yield from ("", f"## {plain(each.title)}", "")
        yield from table([plain(name) for name in each.head], each.rows)
        if each.note:
            yield from ("", line_of(each.note))
    yield ""
