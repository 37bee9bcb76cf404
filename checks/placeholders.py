from __future__ import annotations

import json
import time

from pydantic import TypeAdapter, ValidationError

from ..sandboxes import Command
from ..state.records import CheckResult
from .base import Subject
from .findings import finding
from .sent import program

_PROGRAM = program(__file__, "unwritten.py")
_FOUND = TypeAdapter(list[tuple[str, str, int, str, str]])
_KINDS = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".html", ".htm", ".css", ".scss")
_MINIFIED = (".min.js", ".min.css", ".d.ts")


class Placeholders:
    """Nothing is left to be written: no empty bodies, no comments in the place of code, no tests that cannot fail."""

    name = "placeholders"
    blocking = True

    async def run(self, subject: Subject) -> CheckResult:
        """Look at each file's text; nothing of the project is executed."""
        started = time.perf_counter()
        files = sorted(path for path in subject.manifest if path.endswith(_KINDS) and not path.endswith(_MINIFIED))
        command = Command(("python", "-I", "-S", "-c", _PROGRAM), stdin=json.dumps(files).encode(), timeout=60)
        result = await subject.sandbox.exec(command)
        seconds = time.perf_counter() - started
        try:
            found = _FOUND.validate_json(result.stdout.data)
        except ValidationError:
            reason = f"the search ended with {result.exit_code}: {result.stderr.text[-300:]}"
            return CheckResult(check=self.name, status="not_run", reason=reason, seconds=seconds)
        findings = tuple(
            finding(self.name, message, rule=rule, file=path, line=line, detail=source)
            for path, rule, line, message, source in found
        )
        status = "failed" if findings else "passed"
        return CheckResult(check=self.name, status=status, findings=findings, seconds=seconds)
