"""A run that tells all that a report can tell, and one whose every text tries to be more than text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from slipway.cli.reports import FileChange, Report
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import (
    Brief,
    CheckReport,
    CheckResult,
    Commands,
    Criterion,
    Evidence,
    Finding,
    MutationResult,
    Outcome,
    Requirement,
    RunRecord,
    StageRecord,
    Survivor,
    TestResult,
    Usage,
)  # fmt: skip

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8
Reported = Callable[[str], Report]


@pytest.fixture(scope="session")
def reported() -> Reported:
    """Makes the report of a run in which every text that is not ours ends with the one given."""
    return _report


def _report(evil: str) -> Report:
    lineup = Lineup(name="demo", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
    record = RunRecord(
        id="r1", project="p", request=f"Add amounts.\n{evil}", lineup=lineup, base="b0",
        created=datetime(2026, 1, 2, 3, 4, tzinfo=UTC), slipway="0.1.0",
        status="gave_up",
    )  # fmt: skip
    changes = (FileChange(f"a{evil}", "added", 1200, 0, False), FileChange("b.bin", "changed", 0, 0, True))
    return Report(record, _outcome(evil), changes, f"note{evil}", {f"start page{evil}": PNG})


def _outcome(evil: str) -> Outcome:
    asked = Usage(calls=2, input_tokens=900, output_tokens=100, cost_usd=0.002, answered={f"other{evil}": 2})
    made = "t.py::test_c1_a", f"t.py::test_c2_b{evil}"
    return Outcome(
        run="r1",
        project="p",
        status="gave_up",
        reason=f"it is red\n{evil}",
        version="v1",
        files=(".envrc", "a.py"),
        brief=Brief(
            title=f"Tally{evil}",
            goal=f"{evil}Adds amounts{evil}",
            requirements=(Requirement(id="R1", text=f"adds{evil}"),),
            criteria=tuple(Criterion(id=f"C{n}", text=f"fact {n}{evil}", requirement="R1") for n in (1, 2, 3, 4)),
            assumptions=(f"{evil}EUR only",),
        ),
        commands=Commands(test=f"pytest{evil}", start=f"python -m a{evil}"),
        evidence=(
            Evidence(criterion="C1", status="proven", check="tests", tests=(made[0],)),
            Evidence(criterion="C2", status="failed", check="tests", tests=(made[1],)),
            Evidence(criterion="C3", status="proven", check="person"),
        ),
        checks=_checks(evil, *made),
        mutations=(_faults(evil), MutationResult(component="empty", reason=f"nothing to try{evil}")),
        stages=(
            StageRecord(
                step="code/a", stage="code", role="coder", model=f"m{evil}", usage=asked, seconds=1.5,
                note=f"wrote{evil}",
            ),
            StageRecord(step="check/1", stage="check", seconds=0.5),
        ),
        usage=asked,
        seconds=75,
    )  # fmt: skip


def _checks(evil: str, *tests: str) -> CheckReport:
    found = Finding(
        check="lint", message=f"unused{evil}", rule=f"F401{evil}", file=f"a{evil}.py", line=3,
        detail=f"x\n{evil}\n    {evil}", hint=f"remove it{evil}", signature="lint:1", severity="warning",
    )  # fmt: skip
    ran = (TestResult(id=tests[0], status="passed"), TestResult(id=tests[1], status="failed"))
    results = (
        CheckResult(check="lint", status="failed", blocking=False, findings=(found,), seconds=0.2),
        CheckResult(check="tests", status="failed", tests=ran, seconds=1.25),
        CheckResult(check="types", status="not_run", reason=f"gone{evil}"),
    )
    return CheckReport(version="v0", results=results)


def _faults(evil: str) -> MutationResult:
    survivor = Survivor(file="a.py", line=2, function="f", operator="o", before=f"a <b{evil}", after=f"a > b{evil}")
    return MutationResult(component="a", killed=3, timed_out=1, survivors=(survivor,), not_run=2)
