"""Which file of the project a page, a script or a link stands in, as far as addresses and texts tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_PAGES = (".html", ".htm", ".xhtml", ".jinja", ".jinja2", ".j2", ".ejs", ".vue", ".svelte")
_TEXTS = (*_PAGES, ".js", ".mjs", ".cjs", ".ts", ".jsx", ".tsx", ".css", ".py", ".svg")
_SIZE = 512 << 10


def is_text(path: str) -> bool:
    """Whether `path` may be the source of what a browser sees."""
    return path.endswith(_TEXTS)


def built_at(url: str, folder: str) -> str:
    """The path in the project at which a built site in `folder` has what is served at `url`."""
    return posixpath.normpath(posixpath.join(folder, unquote(urlsplit(url).path).lstrip("/")))


class Frame(NamedTuple):
    """A place in a script, as a browser names it."""

    url: str
    line: int
    """From 1; what is less is none."""
    column: int
    """From 0."""


class Sources:
    """The project's files, of which `texts` holds those that a browser may see the work of.

    `written` tells of places in built scripts in which file, and line, they were written.
    """

    def __init__(
        self,
        paths: Iterable[str],
        texts: Mapping[str, str],
        folder: str = ".",
        written: Mapping[Frame, tuple[str, int]] | None = None,
    ) -> None:
        self._written = written or {}
        self._paths = sorted(paths)
        self._texts = {path: text for path, text in texts.items() if len(text) <= _SIZE}
        self._folder = "" if folder == "." else folder.rstrip("/") + "/"

    def file(self, url: str) -> str | None:
        """The file that is served at `url`: by its whole path, else the only one whose path ends with it."""
        path = unquote(urlsplit(url).path).lstrip("/")
        if path == "" or path.endswith("/"):
            path += "index.html"
        for known in (self._folder + path, path):
            if known in self._paths:
                return known
        parts = path.split("/") if "node_modules/" not in path else []
        for start in range(len(parts)):
            ending = "/".join(parts[start:])
            found = [p for p in self._paths if p == ending or p.endswith(f"/{ending}")]
            if found:
                return found[0] if len(found) == 1 else min(found, key=lambda p: (len(p), p))
        return None

    def place(self, frame: Frame) -> tuple[str, int | None] | None:
        """The file and line that `frame` was written in; None where that is no file of the project."""
        if known := self._written.get(frame):
            return known if known[0] in self._paths else None
        file = self.file(frame.url)
        return (file, frame.line if frame.line > 0 else None) if file else None

    def page(self, url: str) -> tuple[str | None, int | None]:
        """The file that a page is made from: what is served, a template of its name, or what declares its route."""
        if (served := self.file(url)) is not None and served.endswith(_PAGES):
            return served, None
        path = unquote(urlsplit(url).path)
        name = path.strip("/").rpartition("/")[2] or "index"
        named = [p for p in self._paths if p.endswith(_PAGES) and p.rpartition("/")[2].partition(".")[0] == name]
        if named:
            return min(named, key=lambda p: (len(p), p)), None
        for file, text in self._texts.items():
            if not file.endswith(_PAGES) and (at := re.search(r"""["'`]""" + re.escape(path) + r"""["'`]""", text)):
                return file, text.count("\n", 0, at.start()) + 1
        return None, None

    def line(self, file: str | None, needle: str) -> int | None:
        """The first line of `file` that holds `needle`."""
        text = self._texts.get(file or "", "")
        at = text.find(needle) if needle else -1
        return text.count("\n", 0, at) + 1 if at >= 0 else None

    def at(self, file: str | None, line: int | None) -> str:
        """The text of a line."""
        lines = self._texts.get(file or "", "").splitlines()
        return lines[line - 1].strip()[:300] if line and 0 < line <= len(lines) else ""
