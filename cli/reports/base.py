"""What a report tells: the records of a run, as rows of text. How they look is the business of the other files.

The text is that of people, projects and models: whoever writes it into a format has to escape it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ...state import CheckReport, CheckResult, Evidence, Finding, MutationResult, Outcome, RunRecord, StageRecord, Usage
from ...state.hazards import hazards
from ...state.projects.patches import FilePatch
from ...state.text import counted
from ..progress import money


class FileChange(NamedTuple):
    """How much a run changed in one file."""

    path: str
    kind: str
    """`added`, `removed`, `changed`, or `mode` where only the executable bit changed."""
    added: int
    removed: int
    binary: bool

    @classmethod
    def of(cls, patch: FilePatch) -> FileChange:
        """The sizes of `patch`."""
        return cls(patch.path, patch.kind, *patch.counts(), patch.binary)

    @property
    def lines(self) -> str:
        """Lines that came and went."""
        return "binary" if self.binary else f"+{self.added:,} -{self.removed:,}"


class Proven(NamedTuple):
    """An acceptance criterion and what shows that it is met."""

    id: str
    text: str
    status: str
    """`proven`, `failed` or `unproven`."""
    by: str
    """The check that says so, or a person; '' where nobody does."""
    tests: tuple[tuple[str, str], ...]
    """The names of its tests, and how each ended."""


class Judged(NamedTuple):
    """A check and what it said."""

    check: str
    status: str
    """`passed`, `failed`, `failed as before the run` or `not run`."""
    note: str
    findings: tuple[Finding, ...]


class Noticed(NamedTuple):
    """What the tests noticed of the faults that were put into a component."""

    component: str
    told: str
    survivors: tuple[str, ...]


class Took(NamedTuple):
    """A step: who did it, and what that took."""

    step: str
    who: str
    calls: str
    tokens: str
    cost: str
    seconds: str
    note: str


@dataclass(frozen=True)
class Report:
    """A run, whatever became of it so far."""

    record: RunRecord
    outcome: Outcome | None
    """None where it has neither ended nor been parked yet."""
    changes: tuple[FileChange, ...] | None = ()
    """What it changed; None where that is not kept any more."""
    note: str = ""
    """What is to be said of it beside its outcome."""
    pictures: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Caption -> PNG, JPEG, GIF or WebP."""

    @property
    def status(self) -> str:
        """How the run stands; `running` where it goes on after the outcome that it has."""
        return self.record.status

    @property
    def title(self) -> str:
        """What was built, in a line."""
        brief = self.outcome.brief if self.outcome else None
        return brief.title if brief else f"Run {self.record.id}"

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """The run in numbers: name and value."""
        if self.outcome is None:
            return ()
        proven = [criterion.status == "proven" for criterion in self.criteria]
        passed = [test.status == "passed" for test in (self.outcome.checks.tests if self.outcome.checks else ())]
        usage = self.outcome.usage
        told = [("criteria proven", _of(proven)), ("tests passed", _of(passed))]
        return (
            *((name, value) for name, value in told if value),
            ("model calls", f"{usage.calls:,}"),
            ("tokens", f"{usage.input_tokens + usage.output_tokens:,}"),
            ("cost", money(usage.cost_usd)),
            ("time", _time(self.outcome.seconds)),
        )

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Where the run belongs: name and value."""
        record, outcome = self.record, self.outcome
        origin, lineup = record.origin, record.lineup
        told = (
            ("run", record.id),
            ("project", record.project),
            ("line-up", f"{lineup.name} ({lineup.digest[:12]})" if lineup.prompts else lineup.name),
            ("prompts", ", ".join(f"{part} {digest[:12]}" for part, digest in lineup.prompts.items())),
            ("started", f"{record.created:%Y-%m-%d %H:%M} UTC"),
            ("made of", f"a {origin.kind} of run {origin.run}" if origin else ""),
            ("began with version", record.base),
            ("version", (outcome.version or "") if outcome else ""),
            ("trace", (outcome.trace_id or "") if outcome else ""),
            ("Slipway", record.slipway),
        )
        return tuple((name, value) for name, value in told if value)

    @property
    def criteria(self) -> tuple[Proven, ...]:
        """Each criterion of the brief, with its evidence."""
        if self.outcome is None or self.outcome.brief is None:
            return ()
        evidence = {proof.criterion: proof for proof in self.outcome.evidence}
        tests = {test.id: test.status for test in (self.outcome.checks.tests if self.outcome.checks else ())}
        return tuple(_proven(c.id, c.text, evidence.get(c.id), tests) for c in self.outcome.brief.criteria)

    @property
    def checks(self) -> tuple[Judged, ...]:
        """Each check of the last version that was judged."""
        report = self._checks
        return tuple(_judged(result, self.status) for result in report.results) if report else ()

    @property
    def stale(self) -> str:
        """Why the checks say nothing of the files; '' where they do."""
        report = self._checks
        version = self.outcome.version if self.outcome else None
        if report is None or version is None or report.version == version:
            return ""
        return f"The checks ran on version {report.version}; the files are those of version {version}."

    @property
    def faults(self) -> tuple[Noticed, ...]:
        """Whether the tests notice faults, by component."""
        return tuple(_noticed(result) for result in self.outcome.mutations) if self.outcome else ()

    @property
    def stages(self) -> tuple[Took, ...]:
        """Each step in order."""
        return tuple(_took(stage) for stage in self.outcome.stages) if self.outcome else ()

    @property
    def total(self) -> Took | None:
        """What the run took: more than its steps where one was cut short."""
        if self.outcome is None:
            return None
        return _spent("all", "", self.outcome.usage, self.outcome.seconds, "")

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """How the files are used: what for, and the command."""
        if self.outcome is None:
            return ()
        return tuple((name, line) for name, line in self.outcome.commands.model_dump().items() if line)

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """How to get the files: what for, and the command."""
        run = self.record.id
        if self.outcome is None or not self.outcome.files:
            return ()
        left_out = " --with PATH" if hazards(self.outcome.files) else ""
        return (
            ("write the files to a directory", f"slipway show {run} --into DIR{left_out}"),
            ("see the change as a patch", f"slipway diff {run}"),
            ("try it out in a sandbox", f"slipway preview {run}"),
        )

    @property
    def _checks(self) -> CheckReport | None:
        return self.outcome.checks if self.outcome else None


def _of(held: list[bool]) -> str:
    return f"{sum(held):,} of {len(held):,}" if held else ""


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s" if minutes else f"{seconds:.1f} s"


def _proven(name: str, text: str, evidence: Evidence | None, tests: Mapping[str, str]) -> Proven:
    if evidence is None:
        return Proven(name, text, "unproven", "", ())
    by = "a person says so" if evidence.check == "person" else f"check {evidence.check}" if evidence.check else ""
    own = tuple((test, tests.get(test, "not run")) for test in evidence.tests)
    return Proven(name, text, evidence.status, by, own)


def _judged(result: CheckResult, status: str) -> Judged:
    said = result.status.replace("not_applicable", "does not apply").replace("_", " ")
    # What is delivered has the faults alone that were there before the run.
    if result.status == "failed" and result.blocking and status == "delivered":
        said = "failed as before the run"
    tests = f"{_of([test.status == 'passed' for test in result.tests])} tests passed" if result.tests else ""
    told = (tests, result.reason, "" if result.blocking else "advisory", f"{result.seconds:.1f} s")
    return Judged(result.check, said, ", ".join(part for part in told if part), result.findings)


def _noticed(result: MutationResult) -> Noticed:
    told = f"{result.noticed} of {counted(result.tried, 'fault')} noticed" if result.tried else "none was tried"
    late = f", {result.not_run:,} more not tried for want of time" if result.not_run else ""
    why = f": {result.reason}" if result.reason else ""
    return Noticed(result.component, told + late + why, tuple(map(str, result.survivors)))


def _took(stage: StageRecord) -> Took:
    # A fallback may have answered in the place of the role's model.
    others = sorted(set(stage.usage.answered) - {stage.model})
    answered = f", answered by {', '.join(others)}" if others else ""
    who = f"{stage.role}: {stage.model}{answered}" if stage.role else ""
    return _spent(stage.step, who, stage.usage, stage.seconds, stage.note)


def _spent(step: str, who: str, usage: Usage, seconds: float, note: str) -> Took:
    calls = f"{usage.calls:,}" if usage.calls else ""
    tokens = f"{usage.input_tokens:,} in, {usage.output_tokens:,} out" if usage.calls else ""
    return Took(step, who, calls, tokens, money(usage.cost_usd) if usage.calls else "", f"{seconds:.1f} s", note)
