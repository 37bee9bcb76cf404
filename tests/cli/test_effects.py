"""What a run did to a project is told from its record alone, the bad news as plainly as the good."""

from __future__ import annotations

from datetime import UTC, datetime

from slipway.cli.effects import effects_of
from slipway.config import Settings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import Change, Fence, FileRef, Journal, Outcome, ProjectStore, RunRecord, RunStore, hold, open_state
from slipway.state.records import CheckReport, CheckResult, Finding, JournalEntry, StageRecord, TestResult

TESTS = ("t.py::old", "t.py::cured", "u.py::broken", "u.py::mended", "u.py::fine")


def report(version: str, *failing: str) -> CheckReport:
    found = tuple(Finding(check="tests", message=f"assert {test}", rule=test, signature=test) for test in failing)
    tests = tuple(TestResult(id=test, status="failed" if test in failing else "passed") for test in TESTS)
    result = CheckResult(check="tests", status="failed" if failing else "passed", findings=found, tests=tests)
    return CheckReport(version=version, results=(result,))


async def published(projects: ProjectStore, fence: Fence, step: str, old: bytes | None, new: bytes) -> str:
    digests = await projects.put_blobs("p", fence, [each for each in (old, new) if each is not None])
    refs = [FileRef(digest) for digest in digests]
    changes = {"t.py": Change(refs[0] if old is not None else None, refs[-1])}
    return (await projects.publish("p", fence, step=step, attempt=1, changes=changes)).version


async def test_what_failed_before_what_broke_and_what_was_changed(settings: Settings) -> None:
    lineup = Lineup(name="l", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
    async with open_state(settings) as redis:
        projects, runs = ProjectStore(redis), RunStore(redis)
        await projects.create("p")
        base = await projects.head("p")
        record = RunRecord(id="r", project="p", request="?", lineup=lineup, base=base, created=datetime.now(UTC))
        await runs.create(record)
        async with hold(redis, run="r", project="p", tenant=None) as fence:
            await projects.branch("p", "r", base)
            first = await published(projects, fence, "code/a", None, b"1\n")
            last = await published(projects, fence, "fix/1", b"1\n", b"2\n")
            reports = {
                "baseline": report(base, "t.py::old", "t.py::cured"),
                "check/1": report(first, "t.py::old", "u.py::broken", "u.py::mended"),
                "check/2": report(last, "t.py::old", "u.py::broken"),
            }
            for step, said in reports.items():
                entry = JournalEntry(
                    step=step, index=0, kind="check", digest=step, request="?", reply=said.model_dump_json()
                )
                await Journal(redis, fence).record(entry)
        stages = (
            StageRecord(step="code/a", stage="code", version=first),
            StageRecord(step="check/1", stage="check", version=first),
            StageRecord(step="fix/1", stage="fix", version=last),
            StageRecord(step="check/2", stage="check", version=last),
        )
        outcome = Outcome(
            run="r", project="p", status="gave_up", version=last, checks=reports["check/2"], stages=stages
        )
        effects = await effects_of(redis, outcome)
    assert list(effects.lines()) == [
        "failed before this run: t.py::old assert t.py::old",
        "  it still fails, and its file was changed",
        "failed before this run: t.py::cured assert t.py::cured",
        "  it does not fail any more, and its file was changed",
        "a regression, found by check/1: u.py::broken assert u.py::broken",
        "  it passed before this run, and does not any more",
        "a regression, found by check/1: u.py::mended assert u.py::mended",
        "  it passed before this run, and does again",
        "fix/1 changed:",
        " t.py | changed +1 -1",
        " 1 file, +1 -1 lines",
        "all that this run changed:",
        " t.py | added   +1 -0",
        " 1 file, +1 -0 lines",
    ]
    changed = {"path": "t.py", "kind": "changed", "added": 1, "removed": 1, "binary": False, "executable": False}
    assert effects.facts() == {
        "old_failures": [
            {"test": "t.py::old", "message": "assert t.py::old", "still": True, "untouched": False},
            {"test": "t.py::cured", "message": "assert t.py::cured", "still": False, "untouched": False},
        ],
        "regressions": [
            {"test": "u.py::broken", "message": "assert u.py::broken", "found_by": "check/1", "repaired": False},
            {"test": "u.py::mended", "message": "assert u.py::mended", "found_by": "check/1", "repaired": True},
        ],
        "repairs": {"fix/1": [changed]},
        "changes": [changed | {"kind": "added", "removed": 0}],
    }
