from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import TypeAdapter

from ..checks import evidence
from ..config import Secrets
from ..models import usage_of
from ..state import Journal, ProjectStore, RunRecord
from ..state.records import (
    Brief,
    Cause,
    CheckReport,
    Commands,
    Evidence,
    Finding,
    MutationResult,
    Outcome,
    Plan,
    StageRecord,
    Status,
)
from .comparing import blocking, unwritten
from .violations import violations_in

MUTATIONS = TypeAdapter(tuple[MutationResult, ...])
"""How what the tests noticed of faults is kept with a project."""


class Recorded(Protocol):
    """Where a run is recorded: all that is needed to say how it stands."""

    @property
    def record(self) -> RunRecord:
        """What it was asked to do."""
        ...

    @property
    def projects(self) -> ProjectStore:
        """Its files."""
        ...

    @property
    def journal(self) -> Journal:
        """Its calls."""
        ...

    @property
    def secrets(self) -> Secrets:
        """What must not show in its outcome."""
        ...


async def outcome_of(
    run: Recorded,
    state: Mapping[str, Any],
    *,
    status: Status,
    seconds: float,
    trace_id: str | None,
    reason: str = "",
    cause: Cause | None = None,
) -> Outcome:
    """How a run stands, from its newest checkpoint and the stores: complete enough to judge it without them."""
    record = run.record
    version = state.get("version")
    brief = Brief.model_validate(state["brief"]) if "brief" in state else None
    plan = Plan.model_validate(state["plan"]) if "plan" in state else None
    report = await recorded_report(run, state["report"]) if "report" in state else None
    mutations = await recorded_mutations(run, state["mutated"][-1]["results"]) if state.get("mutated") else ()
    stages = tuple(StageRecord.model_validate(stage) for stage in state.get("stages", ()))
    files = await run.projects.manifest(record.project, version) if version else {}
    outcome = Outcome(
        run=record.id,
        project=record.project,
        status=status,
        reason=reason,
        cause=cause,
        version=version,
        files=tuple(sorted(files)),
        into=record.into if status == "delivered" else None,
        brief=brief,
        commands=plan.commands if plan else Commands(),
        evidence=proofs_of(state, report) if plan else (),
        checks=report,
        pack=plan.pack if plan else "",
        violations=await _violations(run, state) if plan and plan.pack else {},
        mutations=mutations,
        stages=stages,
        problems=dict(Counter(problem.kind for stage in stages for problem in stage.problems)),
        # Not the sum over the stages: a stage that was cut short has no record, but it was paid for.
        usage=usage_of(await run.journal.answers("model")),
        seconds=seconds,
        lineup=record.lineup.digest,
        prompts=record.lineup.prompts,
        asked_twice=await run.journal.asked_twice(),
        trace_id=trace_id,
    )
    return run.secrets.masked_record(outcome)


async def _violations(run: Recorded, state: Mapping[str, Any]) -> dict[str, int]:
    reports = [await recorded_report(run, each["report"]) for each in state.get("history", ())]
    return violations_in(reports, state.get("baseline", ()))


def proofs_of(state: Mapping[str, Any], report: CheckReport | None) -> tuple[Evidence, ...]:
    """What the tests of the run's own plan, and the person who asked for it, prove of its brief."""
    brief, plan = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"])
    proofs = evidence(brief, report, plan.tests, state.get("vacuous", ()), named=not plan.open)
    return tuple(_confirmed(proof) if proof.criterion in state.get("confirmed", ()) else proof for proof in proofs)


def _confirmed(proof: Evidence) -> Evidence:
    return proof.model_copy(update={"status": "proven", "check": "person"})


async def blocking_in(run: Recorded, state: Mapping[str, Any], report: CheckReport) -> list[Finding]:
    """What `report` says that keeps a version of the run from being delivered, with what was there before left out."""
    digest = state.get("baseline_report", "")
    before = await recorded_report(run, digest) if digest else None
    files = await run.projects.manifest(run.record.project, report.version)
    missing = unwritten(Plan.model_validate(state["plan"]), files)
    return [*missing, *blocking(report, before, state["baseline"])]


async def recorded_mutations(run: Recorded, digest: str) -> tuple[MutationResult, ...]:
    """What the tests noticed of faults, that a state names by its digest."""
    blobs = await run.projects.get_blobs(run.record.project, [digest])
    return MUTATIONS.validate_json(blobs[digest])


async def recorded_report(run: Recorded, digest: str) -> CheckReport:
    """The check report that a state names by its digest."""
    blobs = await run.projects.get_blobs(run.record.project, [digest])
    return CheckReport.model_validate_json(blobs[digest])
