"""What the trials showed, as a table and as goals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .trial import Report

_COLUMNS: tuple[tuple[str, Callable[[list[Report]], int | str]], ...] = (
    ("trials", len),
    ("kills", lambda reports: sum(r.kills for r in reports)),
    ("delivered", lambda reports: sum(r.verdict.delivered for r in reports)),
    ("same version", lambda reports: sum(r.verdict.same_version for r in reports)),
    ("edits lost", lambda reports: sum(len(r.verdict.edits_lost) for r in reports)),
    ("asked again", lambda reports: sum(len(r.verdict.asked_again) for r in reports)),
    ("in flight twice", lambda reports: sum(r.verdict.twice for r in reports)),
    ("owned up", lambda reports: sum(r.verdict.owned for r in reports)),
    ("writes lost", lambda reports: sum(len(r.verdict.writes_lost) for r in reports)),
    ("resumed", lambda reports: sum(r.passages - 1 for r in reports)),
    ("s each", lambda reports: f"{sum(r.seconds for r in reports) / len(reports):.1f}"),
)


@dataclass(frozen=True)
class Goal:
    """One thing that must hold."""

    name: str
    value: float
    goal: float

    @property
    def held(self) -> bool:
        """Whether it does."""
        return self.value == self.goal

    def __str__(self) -> str:
        return f"{self.name} {self.value:g} {self.goal:g} {'held' if self.held else 'missed'}"


def table(reports: Sequence[Report]) -> str:
    """One line for each kind of moment, grouped by what was killed."""
    rows = [["killed", "moment", *(name for name, _ in _COLUMNS)]]
    for (victim, group), own in _grouped(reports).items():
        rows.append([victim, group, *(str(count(own)) for _, count in _COLUMNS)])
    rows.append(["", "all", *(str(count(list(reports))) for _, count in _COLUMNS)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(_cell(row, column, widths) for column in range(len(row))).rstrip() for row in rows)


def _cell(row: list[str], column: int, widths: list[int]) -> str:
    return row[column].ljust(widths[column]) if column < 2 else row[column].rjust(widths[column])


def _grouped(reports: Sequence[Report]) -> dict[tuple[str, str], list[Report]]:
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        case = report.case
        victim = case.target if case.target == "run" else f"server, {case.appendfsync}"
        groups.setdefault((victim, case.group), []).append(report)
    return groups


def goals(reports: Sequence[Report]) -> Iterator[Goal]:
    """What a run must keep, whatever is killed."""
    verdicts = [report.verdict for report in reports]
    yield Goal("delivered", sum(v.delivered for v in verdicts), len(reports))
    yield Goal("same_version", sum(v.same_version for v in verdicts), len(reports))
    yield Goal("accepted_edits_lost", sum(len(v.edits_lost) for v in verdicts), 0)
    yield Goal("answered_calls_asked_again", sum(len(v.asked_again) for v in verdicts), 0)
    yield Goal("acknowledged_writes_lost", sum(len(v.writes_lost) for v in verdicts), 0)
    yield Goal("other_faults", sum(len(v.odd) for v in verdicts), 0)
    boundaries = [report for report in reports if "checkpoint" in report.case.group]
    wanted = sum(len(report.case.moments) for report in boundaries)
    yield Goal("boundaries_killed_at", sum(report.kills for report in boundaries), wanted)
