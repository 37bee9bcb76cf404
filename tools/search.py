from __future__ import annotations

from pydantic import Field

from ..sandboxes.files import grep
from ..state.text import visible
from .base import Arguments, Tool, Workbench
from .paths import folder_prefix


class Search(Arguments):
    """Arguments of `search`."""

    pattern: str = Field(min_length=1)
    path: str = "."


async def search(bench: Workbench, args: Search) -> str:
    """Find the lines that match a regular expression (Python's) in the project's files, or under one folder or file."""
    matches = await grep(bench.sandbox, args.pattern, folder_prefix(args.path) or ".")
    lines = [f"{match.path}:{match.line}: {match.text}\n" for match in matches.found]
    return visible("".join(lines)) + f"[{matches.total} lines match]\n"


SEARCH = Tool("search", Search, search)
