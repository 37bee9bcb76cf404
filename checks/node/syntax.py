from __future__ import annotations

from collections.abc import Collection

from ...sandboxes import NODE
from ...state.records import Manifest
from ..base import Found, Subject
from ..sent import program
from .programs import PAGES, SCRIPTS, files_of, inspected

_PROGRAM = program(__file__, "scripts.cjs") + program(__file__, "syntax.cjs")


class JsSyntax:
    """Every JavaScript and TypeScript file parses, and so do the scripts in pages.

    A script is read as whatever loads it will read it: an `import` in one that a page loads as a classic script is a
    mistake.
    """

    name = "js-syntax"
    blocking = True
    needs = (NODE,)
    seconds = 90.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Its scripts and pages, and the files that tell how scripts are read."""
        files = files_of(manifest, (*SCRIPTS, *PAGES))
        return [*files, *files_of(manifest, ("package.json",))] if files else ()

    async def run(self, subject: Subject) -> Found:
        """Parse all of them in one process."""
        files = files_of(subject.manifest, (*SCRIPTS, *PAGES))
        return await inspected(self.name, _PROGRAM, subject, {"files": files}, {}, 60.0)
