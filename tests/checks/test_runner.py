"""Checks judge a version: they leave it as it is, and none of them may stay silent."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from slipway.checks import Found, Lint, NotApplicable, NotRun, Placeholders, Subject, Syntax, Tests, run_checks
from slipway.checks.findings import finding
from slipway.checks.signatures import signature
from slipway.sandboxes import Command, FakeSandbox, FileContent, Sandbox, SandboxGone, Toolset
from slipway.state import CheckResult, Finding
from slipway.state.records import Manifest, Severity
from slipway.telemetry import Collector, Tracer

SOME = (Syntax(), Lint(), Placeholders(), Tests())
"""Those that need no more than what every sandbox has."""


class OfAll:
    """A check that is about every file, and takes no time to speak of."""

    blocking = True
    needs: tuple[Toolset, ...] = ()
    seconds = 10.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        return manifest


class Vandal(OfAll):
    """A check that changes what it is given."""

    name = "vandal"

    async def run(self, subject: Subject) -> Found:
        assert sorted(subject.manifest) == ["a.py"]
        await subject.sandbox.remove(["a.py"])
        await subject.sandbox.write({f"{self.name}.py": FileContent(b"")})
        assert sorted(await subject.sandbox.snapshot()) == ["vandal.py"]
        return Found()


class Silent(OfAll):
    """A check that could not run."""

    name = "silent"

    async def run(self, subject: Subject) -> Found:
        raise NotRun("no tool")


class Elsewhere(OfAll):
    """A check that looks into a file before it knows whether it is about anything."""

    name = "elsewhere"

    async def run(self, subject: Subject) -> Found:
        raise NotApplicable("it names no tool")


class Telling(OfAll):
    """A check that finds one thing."""

    name = "telling"

    def __init__(self, severity: Severity) -> None:
        self._severity: Severity = severity

    async def run(self, subject: Subject) -> Found:
        return Found([finding(self.name, "something", severity=self._severity)])


class Endless(OfAll):
    """A check whose program never ends."""

    name = "endless"
    seconds = 0.3

    async def run(self, subject: Subject) -> Found:
        await subject.sandbox.exec(Command(("sleep", "60")))
        return Found()


async def one_file() -> FakeSandbox:
    sandbox = FakeSandbox()
    await sandbox.write({"a.py": FileContent(b"")})
    return sandbox


async def test_the_sandbox_is_unchanged_and_no_check_sees_another(sandbox: Sandbox) -> None:
    await sandbox.write({
        "a.py": FileContent(b"print(y)\n"),
        "run.sh": FileContent(b"echo\n", executable=True),
        "test_a.py": FileContent(b"def test_a():\n    with open('a.py', 'w') as a:\n        a.write('')\n"),
    })  # fmt: skip
    before = await sandbox.snapshot()
    report = await run_checks(SOME, sandbox, "v1")
    assert report.version == "v1"
    assert [(r.check, r.status, [f.rule for f in r.findings]) for r in report.results] == [
        ("syntax", "passed", []), ("lint", "failed", ["F821"]), ("placeholders", "passed", []),
        ("tests", "passed", []),
    ]  # fmt: skip
    assert not report.green
    assert await sandbox.snapshot() == before


async def test_a_check_may_do_what_it_likes_to_its_fork() -> None:
    sandbox = await one_file()
    report = await run_checks([Vandal(), Vandal()], sandbox, "v")
    assert report.green
    assert sorted(await sandbox.snapshot()) == ["a.py"]


async def test_what_did_not_run_blocks(sandbox: Sandbox) -> None:
    """No test files: nothing failed, and nothing may be delivered."""
    await sandbox.write({"a.py": FileContent(b"x = 1\n")})
    report = await run_checks(SOME, sandbox, "v")
    message = "did not run: the project has no test files"
    assert not report.green
    assert report.findings == (
        Finding(check="tests", message=message, signature=signature("tests", None, None, message)),
    )


async def test_reasons_tell_silent_checks_apart() -> None:
    report = await run_checks([Silent()], await one_file(), "v")
    message = "did not run: no tool"
    blocks = Finding(check="silent", message=message, signature=signature("silent", None, None, message))
    said = [result.model_copy(update={"seconds": 0}) for result in report.results]
    assert said == [CheckResult(check="silent", status="not_run", reason="no tool", findings=(blocks,))]


async def test_what_does_not_apply_is_seen_at_a_closer_look_too() -> None:
    """Whether a project names a tool is written in a file, which `inputs` does not read."""
    report = await run_checks([Elsewhere(), Vandal()], await one_file(), "v")
    assert [(r.check, r.status, r.reason, r.findings) for r in report.results] == [
        ("elsewhere", "not_applicable", "it names no tool", ()), ("vandal", "passed", "", ()),
    ]  # fmt: skip
    assert report.green


async def test_only_an_error_fails_a_check_and_what_it_took_is_told() -> None:
    report = await run_checks([Telling("warning"), Telling("error")], await one_file(), "v")
    assert [(r.status, [f.severity for f in r.findings], r.seconds > 0) for r in report.results] == [
        ("passed", ["warning"], True), ("failed", ["error"], True),
    ]  # fmt: skip


async def test_a_check_has_a_budget_of_time(sandbox: Sandbox) -> None:
    """What takes longer did not run, which is no pass; the other checks are not kept waiting by it for ever."""
    await sandbox.write({"a.py": FileContent(b"x = 1\n")})
    report = await run_checks([Endless(), Syntax()], sandbox, "v")
    assert [(r.check, r.status, r.reason) for r in report.results] == [
        ("endless", "not_run", "it took longer than the 0.3 s that it may take"), ("syntax", "passed", ""),
    ]  # fmt: skip
    assert not report.green


async def test_a_check_of_what_is_not_there_does_not_apply(sandbox: Sandbox) -> None:
    """Pages without Python are neither held to Python's tests, nor green by checks that looked at nothing."""
    await sandbox.write({"index.html": FileContent(b"<p>Hello</p>")})
    nothing = "the project has nothing that it is about"
    report = await run_checks(SOME, sandbox, "v")
    assert [(r.check, r.status, r.reason) for r in report.results] == [
        ("syntax", "not_applicable", nothing), ("lint", "not_applicable", nothing), ("placeholders", "passed", ""),
        ("tests", "not_applicable", nothing),
    ]  # fmt: skip
    assert report.green
    assert not (await run_checks([Syntax(), Lint()], sandbox, "v")).green


async def test_a_sandbox_that_is_gone_is_no_result() -> None:
    sandbox = FakeSandbox()
    await sandbox.close()
    with pytest.raises(SandboxGone):
        await run_checks([Vandal()], sandbox, "v")


async def test_each_check_is_a_span() -> None:
    collector = Collector()
    await run_checks([Silent()], await one_file(), "v", Tracer(collector.provider, "r"))
    assert [(span.name, dict(span.attributes or {})) for span in collector.spans] == [
        ("check silent", {
            "gen_ai.conversation.id": "r", "slipway.check.status": "not_run", "slipway.check.findings": 0,
            "slipway.check.cached": False,
        }),
    ]  # fmt: skip


class Saying(OfAll):
    """A check that finds what it is told to."""

    name = "saying"

    def __init__(self, *found: Finding) -> None:
        self._found = found

    async def run(self, subject: Subject) -> Found:
        return Found(list(self._found))


async def test_what_a_check_says_is_an_evaluation() -> None:
    """Backends read it as that; a check that did not run has no score, and no word of a file is in it."""
    collector = Collector()
    found = (
        finding("saying", "never used", file="a.py", line=2, severity="warning"),
        finding("saying", "the password is 'x'", file="a.py", line=7, rule="E1"),
    )
    for check in (Silent(), Saying(*found), Saying(found[0]), Saying()):
        await run_checks([check], await one_file(), "v", Tracer(collector.provider, "r"))
    name, label, score, why = (
        f"gen_ai.evaluation.{each}" for each in ("name", "score.label", "score.value", "explanation")
    )
    assert [(event.name, dict(event.attributes or {})) for span in collector.spans for event in span.events] == [
        ("gen_ai.evaluation.result", each)
        for each in (
            {name: "silent", label: "not_run", why: "no tool"},
            {name: "saying", label: "failed", score: 0.0, why: "2 findings, such as a.py:7 E1"},
            {name: "saying", label: "passed", score: 1.0, why: "1 finding, such as a.py:2"},
            {name: "saying", label: "passed", score: 1.0},
        )
    ]
