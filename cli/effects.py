"""What a run did to a project that was there before it, from the run's own records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from ..state import Fence, Journal, Outcome, ProjectStore, RunStore
from ..state.projects.patches import FilePatch, patches
from ..state.records import CheckReport
from .diff import facts, stat


@dataclass(frozen=True)
class OldFailure:
    """A test that failed before the run."""

    test: str
    message: str
    still: bool
    """It fails after the run, too."""
    untouched: bool
    """Its file is as it was."""


@dataclass(frozen=True)
class Regression:
    """A test that passed before the run, and failed on a version of the run."""

    test: str
    message: str
    found_by: str
    """The step that saw it first."""
    repaired: bool
    """It passes at the end."""


@dataclass(frozen=True)
class Effects:
    """All of it."""

    old_failures: tuple[OldFailure, ...]
    regressions: tuple[Regression, ...]
    repairs: Mapping[str, Sequence[FilePatch]]
    """What each repair changed, by its step."""
    changes: Sequence[FilePatch]
    """What the whole run changed."""

    def facts(self) -> dict[str, object]:
        """For a program."""
        return {
            "old_failures": [asdict(each) for each in self.old_failures],
            "regressions": [asdict(each) for each in self.regressions],
            "repairs": {step: [facts(patch) for patch in found] for step, found in self.repairs.items()},
            "changes": [facts(patch) for patch in self.changes],
        }

    def lines(self) -> Iterator[str]:
        """For a person."""
        for old in self.old_failures:
            yield f"failed before this run: {old.test} {old.message}"
            left = "its file was left alone" if old.untouched else "its file was changed"
            yield f"  it {'still fails' if old.still else 'does not fail any more'}, and {left}"
        for each in self.regressions:
            yield f"a regression, found by {each.found_by}: {each.test} {each.message}"
            yield f"  it passed before this run, and {'does again' if each.repaired else 'does not any more'}"
        for step, found in self.repairs.items():
            yield f"{step} changed:"
            yield from stat(found)
        yield "all that this run changed:"
        yield from stat(self.changes)


async def effects_of(redis: Redis, outcome: Outcome) -> Effects:
    """What the run of `outcome`, whose checks have judged a version, did."""
    assert outcome.version is not None, "what was judged is a version"
    assert outcome.checks is not None, "the checks have judged it"
    projects, record = ProjectStore(redis), await RunStore(redis).get(outcome.run)
    answers = await Journal(redis, Fence(record.id, 0)).answers("check")  # only read from
    reports = {each.step: CheckReport.model_validate_json(each.reply) for each in answers if _judges(each.step)}
    before = reports.pop("baseline", None)
    changes = await _changes(projects, record.project, record.base, outcome.version)
    return Effects(
        old_failures=tuple(_old_failures(before, outcome.checks, changes)),
        regressions=tuple(_regressions(before, reports, outcome.checks)),
        repairs=await _repairs(projects, outcome, record.base),
        changes=changes,
    )


def _judges(step: str) -> bool:
    return step == "baseline" or step.startswith("check/")


async def _changes(projects: ProjectStore, project: str, old: str, new: str) -> list[FilePatch]:
    return patches(await projects.files(project, old), await projects.files(project, new))


async def _repairs(projects: ProjectStore, outcome: Outcome, base: str) -> dict[str, list[FilePatch]]:
    repairs: dict[str, list[FilePatch]] = {}
    judged = base
    for stage in outcome.stages:
        if stage.stage == "check":
            judged = stage.version or judged
        elif stage.stage == "fix" and stage.version:
            repairs[stage.step] = await _changes(projects, outcome.project, judged, stage.version)
    return repairs


def _old_failures(before: CheckReport | None, after: CheckReport, changes: Sequence[FilePatch]) -> Iterator[OldFailure]:
    changed, failing = {patch.path for patch in changes}, _failing(after)
    for test, message in _failing(before).items():
        yield OldFailure(test, message, still=test in failing, untouched=test.partition("::")[0] not in changed)


def _regressions(
    before: CheckReport | None, reports: Mapping[str, CheckReport], after: CheckReport
) -> Iterator[Regression]:
    passed, passes = _passing(before), _passing(after)
    seen: set[str] = set()
    for step, report in reports.items():
        for test, message in _failing(report).items():
            if test in passed and test not in seen:
                seen.add(test)
                yield Regression(test, message, found_by=step, repaired=test in passes)


def _failing(report: CheckReport | None) -> dict[str, str]:
    """The tests that failed, and what each of them said."""
    said = {finding.rule: finding.message for finding in report.findings} if report else {}
    tests = report.tests if report else ()
    return {test.id: said.get(test.id, "") for test in tests if test.status in ("failed", "error")}


def _passing(report: CheckReport | None) -> set[str]:
    return {test.id for test in report.tests if test.status == "passed"} if report else set()
