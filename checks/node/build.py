from __future__ import annotations

import secrets
from collections.abc import Collection

from pydantic import BaseModel, ValidationError

from ...sandboxes import NODE
from ...state.records import Finding, Manifest
from ..base import Found, NotApplicable, Subject
from ..findings import finding
from ..sent import program
from .programs import run_program

_PROGRAM = program(__file__, "declared.cjs") + program(__file__, "build.cjs")
_SECONDS = 150.0


class _Error(BaseModel):
    message: str
    file: str | None
    line: int | None
    detail: str


class _Built(BaseModel):
    declared: bool
    """Whether the project says that it is built by vite."""
    page: bool
    errors: list[_Error]


class Build:
    """A site whose `package.json` names vite is built by it, and there is a page then.

    The project's own settings of vite are used, which are a program; its npm scripts are not.
    """

    name = "build"
    blocking = True
    needs = (NODE,)
    seconds = 180.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where there are a page and a `package.json` at the root."""
        return manifest if {"index.html", "package.json"} <= manifest.keys() else ()

    async def run(self, subject: Subject) -> Found:
        """Build it into a folder that is thrown away."""
        asked = {"out": f"/tmp/slipway-{secrets.token_hex(8)}"}
        told = await run_program(subject.sandbox, _PROGRAM, asked, _SECONDS)
        try:
            built = _Built.model_validate_json(told.answer or b"")
        except ValidationError:
            # The project's settings run in that process, and may have ended it.
            return Found([finding(self.name, f"vite {told.how} before the site was built", detail=told.said)])
        if not built.declared:
            raise NotApplicable("package.json does not name vite")
        findings = [_finding(self.name, error) for error in built.errors]
        if not built.page and not findings:
            findings = [finding(self.name, "vite ended well, and there is no index.html in what it built")]
        return Found(findings)


def _finding(check: str, error: _Error) -> Finding:
    hint = "declare the package in package.json, or correct the path" if "failed to resolve" in error.message else ""
    return finding(check, error.message, file=error.file, line=error.line, detail=error.detail, hint=hint)
