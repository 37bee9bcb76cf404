from __future__ import annotations

from ..sandboxes import BASICS
from ..state.records import Manifest
from .base import Found, Subject
from .reading import read_by
from .sent import program

_PROGRAM = program(__file__, "unwritten.py")
_KINDS = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".html", ".htm", ".css", ".scss")
_MINIFIED = (".min.js", ".min.css", ".d.ts")


class Placeholders:
    """Nothing is left to be written: no empty bodies, no comments in the place of code, no tests that cannot fail."""

    name = "placeholders"
    blocking = True
    needs = (BASICS,)
    seconds = 90.0

    def inputs(self, manifest: Manifest) -> list[str]:
        """All that is code or a page, and not made by a tool."""
        return sorted(path for path in manifest if path.endswith(_KINDS) and not path.endswith(_MINIFIED))

    async def run(self, subject: Subject) -> Found:
        """Look at each file's text."""
        return await read_by(_PROGRAM, self.name, subject, self.inputs(subject.manifest))
