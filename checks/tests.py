from __future__ import annotations

import re
import time
from typing import Literal
from xml.etree import ElementTree as ET

from ..sandboxes import Command, ExecResult, SandboxRefusal
from ..state.records import CheckResult, Finding, TestResult
from .base import Subject
from .signatures import signature

_REPORT = ".cache/junit.xml"
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")
_LIMIT = 4000  # characters of one traceback


class Tests:
    """The project's tests pass, each of them, and there are some."""

    __test__ = False  # the name is the field's; pytest must not collect it
    name = "tests"
    blocking = True

    def __init__(self, timeout: float = 300.0) -> None:
        self._timeout = timeout

    async def run(self, subject: Subject) -> CheckResult:
        """Run pytest and read its list of single tests; the exit status alone is not believed."""
        started = time.perf_counter()
        files = [path for path in subject.python_files() if _TEST_FILE.search(path)]
        if not files:
            return CheckResult(check=self.name, status="not_run", reason="the project has no test files")
        result = await subject.sandbox.exec(_pytest(files, self._timeout))
        seconds = time.perf_counter() - started
        try:
            report = await subject.sandbox.read(_REPORT)
            cases = list(ET.fromstring(report.decode("utf-8", "replace")).iter("testcase"))
        except (SandboxRefusal, ET.ParseError):
            return self._no_report(result, seconds)
        tests = tuple(_test(case) for case in cases)
        findings = tuple(f for case in cases if (f := _finding(self.name, case)))
        if not findings and result.exit_code != 0:
            return self._no_report(result, seconds)
        status = "failed" if findings else "passed" if any(t.status == "passed" for t in tests) else "not_run"
        reason = "no test ran to its end" if status == "not_run" else ""
        return CheckResult(
            check=self.name, status=status, reason=reason, findings=findings, tests=tests, seconds=seconds
        )

    def _no_report(self, result: ExecResult, seconds: float) -> CheckResult:
        why = "ran out of time" if result.timed_out else f"ended with {result.exit_code}"
        detail = (result.stdout.text + result.stderr.text)[-_LIMIT:]
        message = f"pytest {why} without a whole report"
        finding = Finding(
            check=self.name, message=message, detail=detail, signature=signature(self.name, None, None, message)
        )
        return CheckResult(check=self.name, status="failed", findings=(finding,), seconds=seconds)


def _pytest(files: list[str], timeout: float) -> Command:
    argv = (
        "python", "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "--color=no",
        f"--junitxml={_REPORT}", "-o", "junit_family=xunit1", *(f"./{path}" for path in files),
    )  # fmt: skip
    return Command(argv, timeout=timeout)


def _test(case: ET.Element) -> TestResult:
    file = case.get("file") or case.get("classname", "").replace(".", "/") + ".py"
    return TestResult(id=f"{file}::{case.get('name', '')}", status=_status(case), seconds=_number(case.get("time")))


def _number(text: str | None) -> float:
    # The report was written beside untrusted code: what is no number counts as none.
    return float(text) if text and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) else 0.0


def _status(case: ET.Element) -> Literal["passed", "failed", "error", "skipped"]:
    if case.find("error") is not None:
        return "error"
    if case.find("failure") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def _finding(check: str, case: ET.Element) -> Finding | None:
    trouble = case.find("error") if case.find("error") is not None else case.find("failure")
    if trouble is None:
        return None
    test = _test(case)
    first = (trouble.get("message") or "").strip().splitlines()
    message = first[0] if first else "failed"
    return Finding(
        check=check,
        rule=test.id,
        message=message,
        file=test.id.partition("::")[0],
        line=int(_number(case.get("line"))) + 1,
        detail=(trouble.text or "")[-_LIMIT:],
        signature=signature(check, test.id, None, message),
    )
