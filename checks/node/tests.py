"""Tests in JavaScript and TypeScript, by vitest or by Node's own runner.

Exit statuses are not believed: what was collected is compared with what ended, tests of ours run with the project's, of
which one must fail and one must pass, and a green run is held against one in which each test was made to fail.
"""

from __future__ import annotations

import posixpath
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from ...sandboxes import NODE, Sandbox, SandboxRefusal
from ...state.records import Finding, Manifest, TestResult
from ...state.text import visible
from ..base import Found, NotRun, Subject
from ..findings import finding
from ..sent import program
from ..sessions import forked
from .programs import PAGES, Told, files_of, run_program

_VITEST = program(__file__, "declared.cjs") + program(__file__, "vitest.cjs")
_NODE = program(__file__, "nodetest.cjs")
_FAILING = program(__file__, "failing.cjs")
_MADE = TypeAdapter(dict[str, list[str]])
_TEST_FILE = re.compile(r"\.(test|spec)\.[cm]?[jt]sx?$")
_NODE_RUNNER = re.compile(r"""(?:from|import|require\s*\()\s*["'](?:node:test|test)["']""")
_READ_BY_NODE = (".js", ".mjs", ".cjs")
_CRITERION = re.compile(r"\[?(?:test[ _])?(c\d+)(?![a-z0-9])[\]\s_:.,-]*", re.IGNORECASE)
_ENDED = "a test must not end its own process; throw an error, or set process.exitCode"
_LIMIT = 4000  # characters of one trace
_MOST = 20
"""Folders that get canaries of vitest."""
_AGAIN = 20
"""Red tests that are run again; where more are red, it is not chance."""
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
    seconds = 1800.0

    def __init__(self, timeout: float = 300.0) -> None:
        self._timeout = timeout

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where there are such tests: a test may read any."""
        return manifest if any(map(is_node_test_file, manifest)) else ()

    async def run(self, subject: Subject) -> Found:
        """Run them, and compare what was collected with what became of each test.

        A green run is believed when the same tests are red once each of them was made to fail. The files of red tests
        are run again, alone and from pristine files: a test is flaky if it passes then.
        """
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
        for text, some in ((_VITEST, for_vitest), (_NODE, [file for file in by_node if file not in unread])):
            if some:
                found, ended = await self._believed(subject, text, some)
                findings, tests = [*findings, *found], [*tests, *ended]
        return tuple(findings), tuple(tests)

    async def _believed(self, subject: Subject, text: str, files: list[str]) -> tuple[list[Finding], list[TestResult]]:
        findings, tests = await self._session(subject, text, files)
        red = {test.id for test in tests if test.status == "failed"}
        if not findings:
            forged = await self._forged(subject, text, files)
            return forged, _doubted(tests) if forged else tests
        if 0 < len(red) <= _AGAIN:
            _, again = await self._session(subject, text, sorted({name.partition("::")[0] for name in red}))
            flaky = red.intersection(test.id for test in again if test.status == "passed")
            findings = [_flaky(self.name, each) if each.rule in flaky else each for each in findings]
        return findings, tests

    async def _session(self, subject: Subject, text: str, files: list[str]) -> tuple[list[Finding], list[TestResult]]:
        canaries = _canaries(text, files)
        async with forked(subject.sandbox) as fork:
            ran = await self._ran(Subject(fork, subject.manifest), text, files, canaries)
        return ([_no_end(self.name, ran)], []) if isinstance(ran, Told) else _verdict(self.name, files, ran, canaries)

    async def _forged(self, subject: Subject, text: str, files: list[str]) -> list[Finding]:
        """The tests that pass though they were made to fail; what tells the two runs apart on purpose is not found."""
        async with forked(subject.sandbox) as fork:
            failing = await _made_to_fail(fork, files)
            if not any(failing.values()):
                return []
            ran = await self._ran(Subject(fork, subject.manifest), text, files, _canaries(text, files))
        if isinstance(ran, Told):
            return [_no_end(self.name, ran)]
        message = "is reported as passed even where it ends in an error"
        return [
            finding(self.name, message, rule="forged", file=module.file, line=test.line, detail=name)
            for module in ran.modules
            for name, test in _named(module.file, module.tests)
            if test.status == "passed" and test.titles[-1] in failing.get(module.file, ())
        ]

    async def _ran(self, subject: Subject, text: str, files: list[str], canaries: list[_Canary]) -> _Ran | Told:
        """What became of a session; how it ended where it did not tell."""
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
            return told
        return ran if ran.ended or ran.errors else told


async def _made_to_fail(sandbox: Sandbox, files: list[str]) -> dict[str, list[str]]:
    """Let the tests of `files` throw at their end, and return the titles of those that do, by file."""
    told = await run_program(sandbox, _FAILING, {"tests": files, "secret": secrets.token_hex(8)}, 60.0)
    try:
        return _MADE.validate_json(told.answer or b"")
    except ValidationError:
        raise NotRun(f"the program that makes tests fail {told.how}: {told.said[-300:]}") from None


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
    return [*findings, *wrong], _doubted(tests) if wrong else tests


def _doubted(tests: list[TestResult]) -> list[TestResult]:
    return [test.model_copy(update={"status": "error"}) if test.status == "passed" else test for test in tests]


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


def _flaky(check: str, red: Finding) -> Finding:
    message = (
        "is flaky: it failed, and passed when its file ran again alone; nothing it sees may depend on order, time or "
        "chance"
    )
    return finding(check, message, rule=red.rule, file=red.file, line=red.line, detail=f"{red.message}\n{red.detail}")


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


def _canaries(text: str, files: list[str]) -> list[_Canary]:
    return [_beside(file) for file in files] if text is _NODE else _in_folders(files)


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
