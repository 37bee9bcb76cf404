from __future__ import annotations

from collections.abc import Collection

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..sandboxes import BASICS, Command
from ..state.records import Finding, Manifest
from .base import Found, NotRun, Subject, python_files
from .findings import finding


class _Place(BaseModel):
    row: int


class _Diagnostic(BaseModel):
    code: str | None
    message: str
    filename: str
    location: _Place | None


_RULES = (
    "E9,F,PLE,W605,PLW0127,PLW0128,PLW0129,PLW0711,B002,B003,B004,B005,B006,B012,B014,B015,B016,B017,B018,B020,B022,B023,"
    "B025,B029,B030,B031,B032,B033,B035,B039"
)
"""What is a fault wherever it stands. What is a matter of taste blocks nothing: a repair of it costs a model call."""
_HARMLESS = "F401"
"""An import that is not used: right programs have some, a package's `__init__.py` is made of them."""
_NO_PROGRAM = 127  # as a shell says it
_DIAGNOSTICS = TypeAdapter(list[_Diagnostic])


class Lint:
    """ruff finds no fault under rules of ours, whatever the project's settings or a newer ruff's defaults say."""

    name = "lint"
    blocking = True
    needs = (BASICS,)
    seconds = 90.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Its Python files."""
        return python_files(manifest)

    async def run(self, subject: Subject) -> Found:
        """Run ruff over the project's Python files."""
        files = subject.python_files()
        argv = (
            "ruff",
            "check",
            "--isolated",
            "--select",
            _RULES,
            "--ignore",
            _HARMLESS,
            "--no-cache",
            "--output-format",
            "json",
            *(f"./{path}" for path in files),
        )
        result = await subject.sandbox.exec(Command(argv, timeout=60))
        if result.exit_code == _NO_PROGRAM:
            raise NotRun("ruff is not in the sandbox; its toolchain has it")
        try:
            diagnostics = _DIAGNOSTICS.validate_json(result.stdout.data)
        except ValidationError:
            said = (result.stderr.text or result.stdout.text)[-300:]
            raise NotRun(f"ruff ended with {result.exit_code}: {said}") from None
        return Found([_finding(self.name, each) for each in diagnostics])


def _finding(check: str, diagnostic: _Diagnostic) -> Finding:
    file = diagnostic.filename.removeprefix("/workspace/")
    line = diagnostic.location.row if diagnostic.location else None
    return finding(check, diagnostic.message, rule=diagnostic.code, file=file, line=line)
