"""Which file of the project a page, a script or a link stands in, as far as addresses and texts tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

_PAGES = (".html", ".htm", ".xhtml", ".jinja", ".jinja2", ".j2", ".ejs", ".vue", ".svelte")
_TEXTS = (*_PAGES, ".js", ".mjs", ".cjs", ".ts", ".jsx", ".tsx", ".css", ".py", ".svg")
_SIZE = 512 << 10


def is_text(path: str) -> bool:
    """Whether `path` may be the source of what a browser sees."""
    return path.endswith(_TEXTS)


class Sources:
    """The project's files, of which `texts` holds those that a browser may see the work of."""

    def __init__(self, paths: Iterable[str], texts: Mapping[str, str], folder: str = ".") -> None:
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
