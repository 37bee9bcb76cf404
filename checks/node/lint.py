from __future__ import annotations

from collections.abc import Collection

from ...sandboxes import NODE
from ...state.records import Manifest
from ..base import Found, Subject
from ..sent import program
from .programs import PAGES, SCRIPTS, files_of, inspected

_PROGRAM = program(__file__, "scripts.cjs") + program(__file__, "lint.cjs")
_HINTS = {
    "no-undef": "define it, import it, or correct the name; comments for eslint do not count here",
    "no-unused-vars": "remove it, or use it",
    "no-use-before-define": "move the declaration above its first use",
    "react-hooks/rules-of-hooks": "call hooks at the top level of a component, never in a condition or a loop",
    "react-hooks/set-state-in-render": "compute it while rendering, or set it where something happens: in a handler",
}


class Eslint:
    """eslint finds no fault under rules of ours, whatever the project's settings and comments say.

    Only what is a fault wherever it stands is an error; matters of taste block nothing.
    """

    name = "eslint"
    blocking = True
    needs = (NODE,)
    seconds = 90.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Its scripts and pages, and the files that tell how scripts are read."""
        files = files_of(manifest, (*SCRIPTS, *PAGES))
        return [*files, *files_of(manifest, ("package.json",))] if files else ()

    async def run(self, subject: Subject) -> Found:
        """Look at all of them in one process."""
        files = files_of(subject.manifest, (*SCRIPTS, *PAGES))
        return await inspected(self.name, _PROGRAM, subject, {"files": files}, _HINTS, 60.0)
