"""Tests in JavaScript and TypeScript, by vitest or by Node's own runner.

Exit statuses are not believed: what was collected is compared with what ended, and tests of ours run with the
project's, of which one must fail and one must pass.
"""

from __future__ import annotations

import posixpath
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from ...sandboxes import NODE, SandboxRefusal
from ...state.records import Finding, Manifest, TestResult
from ...state.text import visible
from ..base import Found, NotRun, Subject
from ..findings import finding
from ..sent import program
from .programs import PAGES, Told, files_of, run_program

_VITEST = program(__file__, "declared.cjs") + program(__file__, "vitest.cjs")
_NODE = program(__file__, "nodetest.cjs")
_TEST_FILE = re.compile(r"\.(test|spec)\.[cm]?[jt]sx?$")
_NODE_RUNNER = re.compile(r"""(?:from|import|require\s*\()\s*["'](?:node:test|test)["']""")
_READ_BY_NODE = (".js", ".mjs", ".cjs")
_CRITERION = re.compile(r"\[?(?:test[ _])?(c\d+)(?![a-z0-9])[\]\s_:.,-]*", re.IGNORECASE)
_ENDED = "a test must not end its own process; throw an error, or set process.exitCode"
_LIMIT = 4000  # characters of one trace
_MOST = 20
"""Folders that get canaries of vitest."""
_STATUS: Mapping[str, Literal["passed", "failed", "error", "skipped"]] = {
    "passed": "passed", "failed": "failed", "skipped": "skipped", "pending": "error",
}  # fmt: skip


def is_node_test_file(path: str) -> bool:
    """Whether `path` is a file of tests by its name: `x.test.js`, `x.spec.tsx` and the like."""
    return bool(_TEST_FILE.search(path))


def id_of(file: str, titles: Sequence[str]) -> str:
    """The id of a test: `src/a.test.ts::totals.test_c1_adds two` for the test "c1 adds two" of the suite "totals"."""
    # A title that begins with a criterion's id is written as pytest's names are, so that it proves what they prove.
    return f"{file}::{'.'.join(map(_as_pytest, titles))}"


class _Test(BaseModel):
    titles: list[str]
    status: Literal["passed", "failed", "skipped", "pending"]
    seconds: float = Field(ge=0, allow_inf_nan=False)
    line: int | None
    message: str
    detail: str


class _Error(BaseModel):
    message: str
    detail: str
    file: str | None = None


class _Module(BaseModel):
    file: str
    errors: list[_Error]
    tests: list[_Test]


class _Ran(BaseModel):
    modules: list[_Module]
    errors: list[_Error]
    ended: bool = False


@dataclass(frozen=True)
class _Canary:
    """Two tests of ours, which are reported with the tests of `file`."""

    file: str
    wrapper: str
    """For Node's runner: the file that is run, which loads `file` first."""
    failing: str
    passing: str
    secret: str
    """What the failure says."""

    def missing(self, module: _Module) -> bool:
        """Whether one of them was not reported."""
        return not {self.failing, self.passing} <= {test.titles[0] for test in module.tests}

    def wrong(self, module: _Module) -> str | None:
        """What is not as it must be; None where all is."""
        tests = {test.titles[0]: test for test in module.tests if len(test.titles) == 1}
        failing, passing = tests.get(self.failing), tests.get(self.passing)
        if failing is None or passing is None:
            return "tests that must be in it are not"
        if failing.status != "failed" or self.secret not in failing.message:
            return "a test that must fail is not reported as failed"
        return None if passing.status == "passed" else "a test that must pass is not reported as passed"


class NodeTests:
    """The project's tests in JavaScript and TypeScript pass, each of them.

    Files that import `node:test` are run by Node's own runner, all others by vitest; of the settings of either only
    those count that say where modules are found and what the tests run in.
    """

    name = "js-tests"
    blocking = True
    needs = (NODE,)
    seconds = 900.0

    def __init__(self, timeout: float = 300.0) -> None:
        self._timeout = timeout

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where there are such tests: a test may read any."""
        return manifest if any(map(is_node_test_file, manifest)) else ()

    async def run(self, subject: Subject) -> Found:
        """Run them, and compare what was collected with what became of each test."""
        findings, tests = await self._judge(subject)
        if not findings and not any(test.status == "passed" for test in tests):
            raise NotRun("no test ran to its end", tests)
        return Found(findings, tests)

    async def _judge(self, subject: Subject) -> tuple[tuple[Finding, ...], tuple[TestResult, ...]]:
        files = sorted(filter(is_node_test_file, subject.manifest))
        by_node = await _of_node(subject, files)
        for_vitest = [file for file in files if file not in by_node]
        unread = [file for file in by_node if not file.endswith(_READ_BY_NODE)]
        findings = [_unread(self.name, file) for file in unread]
        tests: list[TestResult] = []
        if for_vitest:
            found, ended = await self._session(subject, _VITEST, for_vitest, _in_folders(for_vitest))
            findings, tests = [*findings, *found], [*tests, *ended]
        if read := [file for file in by_node if file not in unread]:
            found, ended = await self._session(subject, _NODE, read, [_beside(file) for file in read])
            findings, tests = [*findings, *found], [*tests, *ended]
        return tuple(findings), tuple(tests)

    async def _session(
        self, subject: Subject, text: str, files: list[str], canaries: list[_Canary]
    ) -> tuple[list[Finding], list[TestResult]]:
        asked = {
            "tests": files,
            "canaries": [asdict(canary) for canary in canaries],
            "pages": bool(files_of(subject.manifest, PAGES)),
            "seconds": self._timeout,
        }
        told = await run_program(subject.sandbox, text, asked, self._timeout + 15)
        try:
            ran = _Ran.model_validate_json(told.answer or b"")
        except ValidationError:
            ran = None
        if ran is None or not (ran.ended or ran.errors):
            return [_no_end(self.name, told)], []
        return _verdict(self.name, files, ran, canaries)


async def _of_node(subject: Subject, files: list[str]) -> list[str]:
    """Those of `files` that are written for Node's own runner."""
    found: list[str] = []
    for path, read in (await subject.sandbox.read_many(files)).items():
        if isinstance(read, SandboxRefusal):
            raise NotRun(f"{path} cannot be read: {read}")
        if _NODE_RUNNER.search(read.decode("utf-8", "replace")):
            found.append(path)
    return found


def _verdict(
    check: str, files: list[str], ran: _Ran, canaries: Sequence[_Canary]
) -> tuple[list[Finding], list[TestResult]]:
    by_file = {file: _Module(file=file, errors=[], tests=[]) for file in (*files, *(each.file for each in canaries))}
    by_file |= {module.file: module for module in ran.modules}
    cut_off = {each.file for each in canaries if each.wrapper != each.file and each.missing(by_file[each.file])}
    findings = [finding(check, each.message, file=each.file, detail=each.detail[-_LIMIT:]) for each in ran.errors]
    ours = {name for canary in canaries for name in (canary.failing, canary.passing)}
    tests: list[TestResult] = []
    for file in files:
        module = by_file[file]
        own = [test for test in module.tests if not ours.intersection(test.titles)]
        findings += [
            finding(check, each.message, rule=file, file=file, detail=each.detail[:_LIMIT]) for each in module.errors
        ]
        if file in cut_off and not module.errors:
            findings.append(finding(check, "its process ended before its tests did", file=file, hint=_ENDED))
        elif not own and not module.errors and not ran.errors:
            findings.append(finding(check, "no test of this file was collected", file=file))
        for name, test in _named(file, own):
            status = "error" if file in cut_off and test.status == "passed" else _STATUS[test.status]
            tests.append(TestResult(id=name, status=status, seconds=test.seconds))
            findings += _failure(check, file, name, test)
    wrong = list(_wrong(check, by_file, canaries)) if not findings else []
    if wrong:
        tests = [test.model_copy(update={"status": "error"}) if test.status == "passed" else test for test in tests]
    return [*findings, *wrong], tests


def _named(file: str, tests: Sequence[_Test]) -> Iterator[tuple[str, _Test]]:
    """Each test with its id; where several have the same titles, all but the first get a number."""
    seen: dict[str, int] = {}
    for test in tests:
        name = visible(id_of(file, test.titles))
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} #{seen[name]}"), test


def _failure(check: str, file: str, name: str, test: _Test) -> Iterator[Finding]:
    if test.status == "failed":
        detail = test.detail[:_LIMIT]
        yield finding(check, test.message or "failed", rule=name, file=file, line=test.line, detail=detail)
    elif test.status == "pending":
        yield finding(check, "was collected, but did not run to its end", rule=name, file=file)


def _wrong(check: str, by_file: Mapping[str, _Module], canaries: Sequence[_Canary]) -> Iterator[Finding]:
    for canary in canaries:
        if why := canary.wrong(by_file[canary.file]):
            named = canary.file if canary.wrapper != canary.file else None
            yield finding(check, f"the report of the tests is not believed: {why}", rule="forged", file=named)


def _no_end(check: str, told: Told) -> Finding:
    return finding(check, f"the tests' runner {told.how}, without a whole report", detail=told.said)


def _unread(check: str, file: str) -> Finding:
    hint = "import `test` and `expect` from `vitest`, or write it in JavaScript"
    return finding(check, "Node's own runner cannot read this file", file=file, hint=hint)


def _in_folders(files: Collection[str]) -> list[_Canary]:
    folders = sorted({posixpath.dirname(file) for file in files})[:_MOST]
    files_of_ours = [posixpath.join(folder, f"slipway-{secrets.token_hex(8)}.test.mjs") for folder in folders]
    return [_canary(file, file) for file in files_of_ours]


def _beside(file: str) -> _Canary:
    return _canary(file, posixpath.join(posixpath.dirname(file), f"slipway-{secrets.token_hex(8)}.mjs"))


def _canary(file: str, wrapper: str) -> _Canary:
    failing, passing, secret = (secrets.token_hex(8) for _ in range(3))
    return _Canary(file, wrapper, failing, passing, secret)


def _as_pytest(title: str) -> str:
    title = " ".join(title.split())
    found = _CRITERION.match(title)
    return f"test_{found[1].lower()}_{title[found.end() :]}" if found else title
