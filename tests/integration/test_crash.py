"""A run comes through a kill at every boundary of its steps and inside of them, and through kills of its server.

This is the promise that people pay for: nothing that was accepted is lost, nothing that was answered is paid for
twice. `benchmarks/crash.py` kills at many more moments; here are those that no change may break.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crashing.choosing import LATENCY, chained, inside_steps
from crashing.moments import Phase
from crashing.processes import Launcher
from crashing.trial import Case, Drill, Report

from ..conftest import WITHOUT_TOOLS

SEED = 20
pytestmark = pytest.mark.timeout(600)  # each of them is runs, which are killed up to a dozen times


@pytest.fixture(scope="module")
def undisturbed(cache_dir: Path) -> tuple[Drill, Report]:
    """A run that nobody kills, and a drill that knows what it delivers."""
    launcher = Launcher()
    drill = Drill(launcher, cache_dir, settings=WITHOUT_TOOLS)
    report = asyncio.run(drill.run(Case("undisturbed", ())))
    assert report.verdict.good, (report.verdict, report.said)
    return replace(drill, version=report.verdict.version), report


def _all(drill: Drill, cases: Sequence[Case]) -> list[Report]:
    async def run() -> list[Report]:
        return list(await asyncio.gather(*map(drill.run, cases)))

    return asyncio.run(run())


def _faults(reports: Sequence[Report]) -> list[object]:
    return [(str(report.case), report.verdict, report.said) for report in reports if not report.verdict.good]


def test_killed_at_both_sides_of_every_checkpoint(undisturbed: tuple[Drill, Report]) -> None:
    """Each run is killed again and again: before each of its checkpoints is stored, or just after."""
    drill, report = undisturbed
    sides: tuple[Phase, Phase] = ("before", "after")
    reports = _all(drill, [Case("checkpoints", chained(report.writes, side)) for side in sides])
    assert _faults(reports) == []
    boundaries = sum(write.command.kind == "checkpoint" for write in report.writes)
    assert boundaries > 10  # a step that was no boundary any more would be no test any more
    assert [(r.kills, r.passages) for r in reports] == [(boundaries, boundaries + 1)] * 2


def test_killed_inside_five_steps(undisturbed: tuple[Drill, Report]) -> None:
    """Around what is recorded and published, in the middle of calls, of tools and of checks."""
    drill, report = undisturbed
    moments = random.Random(SEED).sample(inside_steps(report.writes, random.Random(SEED)), 5)
    reports = _all(drill, [Case(moment.group, (moment,), latency=LATENCY) for moment in moments])
    assert _faults(reports) == []


def test_the_server_is_killed_at_both_sides_of_every_checkpoint(undisturbed: tuple[Drill, Report]) -> None:
    """With `appendfsync always` an acknowledged write is on disk. The run waits for the server, and goes on."""
    drill, report = undisturbed
    cases = [
        Case("checkpoints", chained(report.writes, side, repeats=True), target="server", appendfsync="always")
        for side in ("before", "after")
    ]
    reports = _all(drill, cases)
    assert _faults(reports) == []
    assert [r.kills for r in reports] == [len(case.moments) for case in cases]
