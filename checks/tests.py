from __future__ import annotations

import re
import secrets
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from ..sandboxes import Command, ExecResult, FileContent, SandboxRefusal
from ..state.records import CheckResult, Finding, TestResult
from ..state.text import visible
from .base import Subject
from .findings import finding

_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")
_REPORTER = Path(__file__).with_name("reporter.py").read_bytes()
_LIMIT = 4000  # characters of one traceback


class _CollectError(BaseModel):
    kind: Literal["collect_error"]
    id: str
    message: str
    detail: str


class _Collected(BaseModel):
    kind: Literal["found", "collected"]
    ids: list[str]


class _Phase(BaseModel):
    kind: Literal["phase"]
    id: str
    when: Literal["setup", "call", "teardown"]
    outcome: Literal["passed", "failed", "skipped"]
    seconds: float = Field(ge=0, allow_inf_nan=False)
    line: int = Field(ge=0)
    message: str
    detail: str


class _Finished(BaseModel):
    kind: Literal["finished"]
    exit_status: int


_Line = Annotated[_CollectError | _Collected | _Phase | _Finished, Field(discriminator="kind")]
_LINE: TypeAdapter[_Line] = TypeAdapter(_Line)


class Tests:
    """The project's tests pass, each of them, and there are some."""

    __test__ = False  # the name is the field's; pytest must not collect it
    name = "tests"
    blocking = True

    def __init__(self, timeout: float = 300.0) -> None:
        self._timeout = timeout

    async def run(self, subject: Subject) -> CheckResult:
        """Run pytest, and compare what it collected with what became of each test; exit statuses are not believed."""
        started = time.perf_counter()
        files = [path for path in subject.python_files() if _TEST_FILE.search(path)]
        if not files:
            return CheckResult(check=self.name, status="not_run", reason="the project has no test files")
        # Names that neither the project's files nor an earlier run can have chosen.
        name = f"slipway_reporter_{secrets.token_hex(8)}"
        report = f".cache/{name}.jsonl"
        await subject.sandbox.write({f".cache/{name}.py": FileContent(_REPORTER), report: FileContent(b"")})
        result = await subject.sandbox.exec(_pytest(name, report, files, self._timeout))
        try:
            lines = _parsed(await subject.sandbox.read(report))
        except SandboxRefusal:
            lines = []
        return _judged(self.name, files, lines, result, time.perf_counter() - started)


def _pytest(name: str, report: str, files: list[str], timeout: float) -> Command:
    script = (
        "import sys; sys.path.insert(0, '.cache'); import " + name + "; sys.path.pop(0); sys.path.insert(0, '');"
        "import pytest; sys.exit(pytest.main(sys.argv[1:], plugins=[" + name + "]))"
    )
    options = ["-q", "--tb=short", "--color=no", "-p", "no:cacheprovider", "--rootdir=.", f"--slipway-report={report}"]
    return Command(("python", "-c", script, *options, *(f"./{path}" for path in files)), timeout=timeout)


def _parsed(report: bytes) -> list[_Line]:
    lines: list[_Line] = []
    for line in report.splitlines():
        try:
            lines.append(_LINE.validate_json(line))
        except ValidationError:
            continue  # what is missing is told by what is there
    return lines


def _judged(check: str, files: list[str], lines: list[_Line], result: ExecResult, seconds: float) -> CheckResult:
    errors = [line for line in lines if isinstance(line, _CollectError)]
    phases = [line for line in lines if isinstance(line, _Phase)]
    found = [name for line in lines if isinstance(line, _Collected) and line.kind == "found" for name in line.ids]
    collected = [
        name for line in lines if isinstance(line, _Collected) and line.kind == "collected" for name in line.ids
    ]
    findings = [finding(check, e.message, rule=e.id, file=e.id, detail=e.detail[-_LIMIT:]) for e in errors]
    findings += [_failure(check, phase) for phase in phases if phase.outcome == "failed"]
    whole = any(isinstance(line, _Finished) for line in lines)
    by_test: defaultdict[str, list[_Phase]] = defaultdict(list)
    for phase in phases:
        by_test[phase.id].append(phase)
    tests = tuple(_test(name, by_test[name]) for name in collected)
    findings += _unfinished(check, collected, phases)
    if not whole:
        findings.append(_no_end(check, result))
        return CheckResult(check=check, status="failed", findings=tuple(findings), tests=tests, seconds=seconds)
    kept = set(collected)
    dropped = [name for name in found if name not in kept]
    findings += [finding(check, "was taken out of the run", rule=name, file=_file(name)) for name in dropped]
    findings += _untested(check, files, {_file(name) for name in (*found, *collected, *(e.id for e in errors))})
    if not findings and result.exit_code not in (0, 5):
        findings.append(_no_end(check, result))
    if not findings and not any(test.status == "passed" for test in tests):
        return CheckResult(check=check, status="not_run", reason="no test ran to its end", tests=tests, seconds=seconds)
    status = "failed" if findings else "passed"
    return CheckResult(check=check, status=status, findings=tuple(findings), tests=tests, seconds=seconds)


def _test(name: str, phases: list[_Phase]) -> TestResult:
    seconds = sum(phase.seconds for phase in phases)
    return TestResult(id=visible(name), status=_status(phases), seconds=seconds)


def _status(phases: list[_Phase]) -> Literal["passed", "failed", "error", "skipped"]:
    outcomes = {phase.when: phase.outcome for phase in phases}
    if outcomes.get("call") == "failed":
        return "failed"
    if "failed" in outcomes.values() or "teardown" not in outcomes:
        return "error"
    if "skipped" in outcomes.values():
        return "skipped"
    return "passed" if outcomes.get("call") == "passed" else "error"


def _failure(check: str, phase: _Phase) -> Finding:
    return finding(
        check, phase.message, rule=phase.id, file=_file(phase.id), line=phase.line, detail=phase.detail[-_LIMIT:]
    )


def _unfinished(check: str, collected: list[str], phases: Iterable[_Phase]) -> list[Finding]:
    ended = {phase.id for phase in phases if phase.when == "teardown" or phase.outcome == "failed"}
    message = "was collected, but did not run to its end"
    return [finding(check, message, rule=name, file=name.partition("::")[0]) for name in collected if name not in ended]


def _untested(check: str, files: list[str], seen: set[str]) -> list[Finding]:
    # Asked for by name, so something keeps them out of the run, or there is no test in them.
    return [finding(check, "no test of this file was collected", file=file) for file in files if file not in seen]


def _file(test: str) -> str:
    return test.partition("::")[0]


def _no_end(check: str, result: ExecResult) -> Finding:
    why = "ran out of time" if result.timed_out else f"ended with {result.exit_code}"
    detail = (result.stdout.text + result.stderr.text)[-_LIMIT:]
    return finding(check, f"pytest {why} without a whole report", detail=detail)
