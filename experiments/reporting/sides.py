"""Two line-ups, of one experiment or of two, on the cells that both have."""

from __future__ import annotations

from dataclasses import dataclass

from ...config import UsageError
from ...state.text import counted
from ..base import Result
from ..standing import Report
from .about import about
from .base import Summary
from .cells import place
from .summary import summarise


@dataclass(frozen=True)
class Side:
    """A line-up of an experiment."""

    report: Report
    lineup: str

    @property
    def name(self) -> str:
        """The experiment and its line-up."""
        return f"{self.report.experiment.name}:{self.lineup}"

    @property
    def results(self) -> tuple[Result, ...]:
        """Of its cells. UsageError where the experiment has no such line-up."""
        experiment = self.report.experiment
        if self.lineup not in experiment.lineups:
            there = ", ".join(experiment.lineups)
            raise UsageError(f"experiment {experiment.name!r} has no line-up {self.lineup!r}; it has: {there}")
        return tuple(result for result in self.report.results if result.cell.lineup == self.lineup)


def between(baseline: Side, other: Side) -> tuple[Summary, tuple[Result, ...]]:
    """What may be said of `other` against `baseline`, and the cells that it is said of: those that both have.

    A cell is the same where its task is, with all its files, its seed and its repeat. Line-ups of two experiments have
    both names. UsageError where there is no such line-up, where both are one, or where no cell is done in both.
    """
    if baseline.name == other.name:
        raise UsageError(f"{other.name!r} cannot be compared with itself; name two line-ups")
    sides = _named(baseline, other)
    done = [{place(r.cell): r for r in results if not r.error} for results in sides.values()]
    both = done[0].keys() & done[1].keys()
    if not both:
        raise UsageError(
            f"no cell is done in both {baseline.name!r} and {other.name!r}: it takes the same tasks, seeds and repeats"
        )
    found = tuple(result for results in done for key, result in results.items() if key in both)
    names, left_out = tuple(sides), sum(map(len, sides.values())) - len(found)
    notes = [f"{counted(left_out, 'cell')} that only one of them has, or that could not be done: left out."]
    title = f"{names[1]} against {names[0]}"
    said = _about(baseline, other)
    return summarise(found, names[0], lineups=names, title=title, notes=notes if left_out else (), about=said), found


def _about(baseline: Side, other: Side) -> tuple[str, ...]:
    """What was run on each side; of one experiment its design is told once."""
    first, second = baseline.report.experiment, other.report.experiment
    if first.name == second.name:
        return about((first, (baseline.lineup, other.lineup)))
    return about((first, (baseline.lineup,)), (second, (other.lineup,)))


def _named(baseline: Side, other: Side) -> dict[str, tuple[Result, ...]]:
    """The results of both, by a name that tells them apart."""
    if baseline.report.experiment.name == other.report.experiment.name:
        return {side.lineup: side.results for side in (baseline, other)}
    return {
        side.name: tuple(
            result.model_copy(update={"cell": result.cell.model_copy(update={"lineup": side.name})})
            for result in side.results
        )
        for side in (baseline, other)
    }
