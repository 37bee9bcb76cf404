from __future__ import annotations

import json
import time

from pydantic import TypeAdapter, ValidationError

from ..sandboxes import Command
from ..state.records import CheckResult
from .base import Subject
from .findings import finding

_PROGRAM = """
import ast, json, sys, warnings
warnings.simplefilter("ignore")
found = []
for path in json.load(sys.stdin):
    try:
        ast.parse(open(path, "rb").read(), path)
    except (SyntaxError, ValueError) as error:
        found.append([path, getattr(error, "lineno", None), str(getattr(error, "msg", error)),
                      (getattr(error, "text", None) or "").strip()])
print(json.dumps(found))
"""

_FOUND = TypeAdapter(list[tuple[str, int | None, str, str]])


class Syntax:
    """Every Python file parses."""

    name = "syntax"
    blocking = True

    async def run(self, subject: Subject) -> CheckResult:
        """Parse each file with the sandbox's own interpreter; nothing of the project is executed."""
        started = time.perf_counter()
        files = subject.python_files()
        command = Command(("python", "-I", "-S", "-c", _PROGRAM), stdin=json.dumps(files).encode(), timeout=60)
        result = await subject.sandbox.exec(command)
        seconds = time.perf_counter() - started
        try:
            found = _FOUND.validate_json(result.stdout.data)
        except ValidationError:
            reason = f"the parser ended with {result.exit_code}: {result.stderr.text[-300:]}"
            return CheckResult(check=self.name, status="not_run", reason=reason, seconds=seconds)
        findings = tuple(
            finding(self.name, message, file=path, line=line, detail=source) for path, line, message, source in found
        )
        status = "failed" if findings else "passed"
        return CheckResult(check=self.name, status=status, findings=findings, seconds=seconds)
