from __future__ import annotations

import time

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..sandboxes import Command
from ..state.records import CheckResult, Finding
from .base import Subject
from .findings import finding


class _Place(BaseModel):
    row: int


class _Diagnostic(BaseModel):
    code: str | None
    message: str
    filename: str
    location: _Place | None


_DIAGNOSTICS = TypeAdapter(list[_Diagnostic])


class Lint:
    """ruff finds nothing wrong under its default rules, whatever the project's own settings say."""

    name = "lint"
    blocking = True

    async def run(self, subject: Subject) -> CheckResult:
        """Run ruff over the project's Python files."""
        started = time.perf_counter()
        files = subject.python_files()
        if not files:
            return CheckResult(check=self.name, status="passed", reason="no Python files")
        argv = (
            "ruff",
            "check",
            "--isolated",
            "--no-cache",
            "--output-format",
            "json",
            *(f"./{path}" for path in files),
        )
        result = await subject.sandbox.exec(Command(argv, timeout=60))
        seconds = time.perf_counter() - started
        try:
            diagnostics = _DIAGNOSTICS.validate_json(result.stdout.data)
        except ValidationError:
            reason = f"ruff ended with {result.exit_code}: {(result.stderr.text or result.stdout.text)[-300:]}"
            return CheckResult(check=self.name, status="not_run", reason=reason, seconds=seconds)
        findings = tuple(_finding(self.name, d) for d in diagnostics)
        status = "failed" if findings else "passed"
        return CheckResult(check=self.name, status=status, findings=findings, seconds=seconds)


def _finding(check: str, diagnostic: _Diagnostic) -> Finding:
    file = diagnostic.filename.removeprefix("/workspace/")
    line = diagnostic.location.row if diagnostic.location else None
    return finding(check, diagnostic.message, rule=diagnostic.code, file=file, line=line)
