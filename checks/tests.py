from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..sandboxes import BASICS, Sandbox
from ..state.records import Finding, Manifest, TestResult
from ..state.text import visible
from .base import Found, NotRun, Subject, python_files
from .believing import AGAIN, flaky, unbelieved
from .canaries import Canary, doubted, planted
from .findings import finding
from .sessions import CollectError, Phase, Ran, Session, SessionsLost, forked, run_sessions

_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")
_LIMIT = 4000  # characters of one traceback


def is_test_file(path: str) -> bool:
    """Whether pytest takes `path` for a file of tests by its name."""
    return bool(_TEST_FILE.search(path))


def of_pytest(names: Iterable[str]) -> list[str]:
    """Those of `names`, files or ids of tests, that pytest runs: a plan's others are played by a browser or by Node."""
    return [name for name in names if _file(name).endswith(".py")]


def is_testing(path: str) -> bool:
    """Whether `path` is there for tests: one of them, or what stands beside them."""
    *folders, name = path.split("/")
    return is_test_file(path) or name == "conftest.py" or bool({"tests", "test"} & set(folders))


class Tests:
    """The project's tests pass, each of them, and there are some."""

    __test__ = False  # the name is the field's; pytest must not collect it
    name = "tests"
    blocking = True
    needs = (BASICS,)
    seconds = 1800.0

    def __init__(self, timeout: float = 300.0) -> None:
        self._timeout = timeout

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where any is Python: a test may read any."""
        return manifest if python_files(manifest) else ()

    async def run(self, subject: Subject) -> Found:
        """Run pytest, and compare what it collected with what became of each test; exit statuses are not believed.

        A green run is believed when the same tests are red once each of them was made to fail. A red test is run again,
        alone and from pristine files: it is flaky if it passes then.
        """
        files = [path for path in subject.python_files() if is_test_file(path)]
        if not files:
            raise NotRun("the project has no test files")
        verdict = await self._judge(subject.sandbox, files)
        if not verdict.findings and not any(test.status == "passed" for test in verdict.tests):
            raise NotRun("no test ran to its end", verdict.tests)
        return Found(verdict.findings, verdict.tests)

    async def _judge(self, sandbox: Sandbox, files: list[str]) -> _Verdict:
        canaries = planted({posixpath.dirname(path) for path in files})
        edits = {canary.file: canary.text for canary in canaries}
        paths = (*files, *edits)
        try:
            ran = await _alone(sandbox, Session(paths, self._timeout, edits=edits, canaries=tuple(edits)))
        except SessionsLost as lost:
            return _Verdict([_no_end(self.name, lost.exit_code, lost.output)])
        verdict = _verdict(self.name, files, ran, canaries)
        red = sorted({phase.id for phase in ran.phases if phase.outcome == "failed"} & {t.id for t in verdict.tests})
        if not verdict.findings:
            verdict = await self._believed(sandbox, files, ran, verdict)
        elif ran.whole and 0 < len(red) <= AGAIN:
            verdict.findings = await self._steady(sandbox, red, verdict.findings)
        return verdict

    async def _believed(self, sandbox: Sandbox, files: list[str], ran: Ran, green: _Verdict) -> _Verdict:
        passed = tuple(dict.fromkeys(name.partition("[")[0] for name in ran.passed() if _file(name) in files))
        seconds = min(self._timeout, max(10.0, 3 * ran.seconds))
        try:
            counter = await _alone(sandbox, Session(tuple(files), seconds, failing=passed))
        except SessionsLost:
            return green.doubted([doubted(self.name, "the process that keeps the report was ended")])
        lying = sorted({name.partition("[")[0] for name in counter.passed()} & set(counter.failing))
        message = "is reported as passed even where it ends in a failed assertion"
        return green.doubted(
            [finding(self.name, message, rule="forged", file=_file(name), detail=name) for name in lying]
        )

    async def _steady(self, sandbox: Sandbox, red: list[str], findings: list[Finding]) -> list[Finding]:
        sessions = [Session((name,), self._timeout) for name in red]
        async with forked(sandbox) as fork:
            try:
                again = await run_sessions(fork, sessions, self._timeout)
            except SessionsLost:
                return findings
        passed = {name for name, ran in zip(red, again, strict=False) if name in ran.passed()}
        how = "alone in a fresh process"
        return [flaky(self.name, found, how) if found.rule in passed else found for found in findings]


@dataclass
class _Verdict:
    findings: list[Finding]
    tests: list[TestResult] = field(default_factory=list[TestResult])

    def doubted(self, findings: list[Finding]) -> _Verdict:
        """With `findings` that say why nothing is believed; without any it stays as it is."""
        if not findings:
            return self
        return _Verdict([*self.findings, *findings], unbelieved(self.tests))


async def _alone(sandbox: Sandbox, session: Session) -> Ran:
    async with forked(sandbox) as fork:
        [ran] = await run_sessions(fork, [session], session.seconds)
    return ran


def _verdict(check: str, files: list[str], ran: Ran, canaries: Sequence[Canary]) -> _Verdict:
    ours = {canary.file for canary in canaries}
    phases = [phase for phase in ran.phases if _file(phase.id) not in ours]
    found = [name for name in ran.ids("found") if _file(name) not in ours]
    collected = [name for name in ran.ids("collected") if _file(name) not in ours]
    errors = [line for line in ran.lines if isinstance(line, CollectError) and line.id not in ours]
    by_test: defaultdict[str, list[Phase]] = defaultdict(list)
    for phase in phases:
        by_test[phase.id].append(phase)
    tests = [_test(name, by_test[name]) for name in collected]
    findings = [finding(check, e.message, rule=e.id, file=e.id, detail=e.detail[-_LIMIT:]) for e in errors]
    findings += [_failure(check, phase) for phase in phases if phase.outcome == "failed"]
    findings += (unfinished := _unfinished(check, collected, phases))
    if ran.forged:
        return _Verdict(findings, tests).doubted([doubted(check, "somebody else than our reporter wrote into it")])
    if not ran.whole:
        return _Verdict([*findings, _no_end(check, ran.exit_code, ran.output, ran.timed_out)], tests)
    kept = set(collected)
    dropped = [name for name in found if name not in kept]
    findings += [finding(check, "was taken out of the run", rule=name, file=_file(name)) for name in dropped]
    findings += _untested(check, files, {_file(name) for name in (*found, *collected, *(e.id for e in errors))})
    # Where pytest stopped before its end, which is told already, the canaries were not run.
    wrong = [why for canary in canaries if (why := canary.wrong(ran))] if not unfinished else []
    if not findings and not wrong and ran.exit_code != 1:  # one canary fails
        findings.append(_no_end(check, ran.exit_code, ran.output))
    return _Verdict(findings, tests).doubted([doubted(check, why) for why in wrong[:1]])


def _test(name: str, phases: list[Phase]) -> TestResult:
    seconds = sum(phase.seconds for phase in phases)
    return TestResult(id=visible(name), status=_status(phases), seconds=seconds)


def _status(phases: list[Phase]) -> Literal["passed", "failed", "error", "skipped"]:
    outcomes = {phase.when: phase.outcome for phase in phases}
    if outcomes.get("call") == "failed":
        return "failed"
    if len(phases) != len(outcomes) or "failed" in outcomes.values() or "teardown" not in outcomes:
        return "error"
    if "skipped" in outcomes.values():
        return "skipped"
    return "passed" if outcomes.get("call") == "passed" else "error"


def _failure(check: str, phase: Phase) -> Finding:
    return finding(
        check, phase.message, rule=phase.id, file=_file(phase.id), line=phase.line, detail=phase.detail[-_LIMIT:]
    )


def _unfinished(check: str, collected: list[str], phases: Iterable[Phase]) -> list[Finding]:
    ended = {phase.id for phase in phases if phase.when == "teardown" or phase.outcome == "failed"}
    message = "was collected, but did not run to its end"
    return [finding(check, message, rule=name, file=name.partition("::")[0]) for name in collected if name not in ended]


def _untested(check: str, files: list[str], seen: set[str]) -> list[Finding]:
    # Asked for by name, so something keeps them out of the run, or there is no test in them.
    return [finding(check, "no test of this file was collected", file=file) for file in files if file not in seen]


def _file(test: str) -> str:
    return test.partition("::")[0]


def _no_end(check: str, exit_code: int, output: str, timed_out: bool = False) -> Finding:
    why = "ran out of time" if timed_out else f"ended with {exit_code}"
    return finding(check, f"pytest {why} without a whole report", detail=output[-_LIMIT:])
