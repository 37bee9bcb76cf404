from __future__ import annotations

from collections.abc import Collection

from ...sandboxes import NODE
from ...state.records import Manifest
from ..base import Found, Subject
from ..sent import program
from .programs import PAGES, SCRIPTS, files_of, inspected

_PROGRAM = program(__file__, "types.cjs")
_TYPED = (".ts", ".tsx", ".mts", ".cts")
_HINTS = {
    "suppressed": "remove the comment, and correct what the compiler says then",
    "TS6133": "remove it, or use it",
    "TS2307": "correct the path, or declare the package in package.json",
}


class TypeScript:
    """The TypeScript compiler finds no fault, strictly, whatever `tsconfig.json` says of strictness.

    Of the project's settings only those count that say what the code is written for: `jsx`, `target`, `lib`, `paths`
    and the like. A comment that keeps the compiler from telling something is a fault itself.
    """

    name = "typescript"
    blocking = True
    needs = (NODE,)
    seconds = 120.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Where any is TypeScript: all scripts, since one may import any other, and every JSON file."""
        typed = files_of(manifest, _TYPED)
        return files_of(manifest, (*SCRIPTS, *PAGES, ".json")) if typed else ()

    async def run(self, subject: Subject) -> Found:
        """Compile all of them in one process, without writing anything."""
        pages = bool(files_of(subject.manifest, PAGES))
        asked = {"files": files_of(subject.manifest, _TYPED), "pages": pages}
        return await inspected(self.name, _PROGRAM, subject, asked, _HINTS, 90.0)
