"""What the checks said of the programs: a table, what is not as it must be, goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from saving.judging import table

from slipway.state import Finding

from .gate import Judged
from .programs import Kind


@dataclass(frozen=True)
class Share:
    """How many of some programs are as they must be: all must."""

    name: str
    good: int = 0
    of: int = 0
    """0: nothing was run, which says nothing."""

    @property
    def held(self) -> bool:
        """Whether all were run and are."""
        return 0 < self.of == self.good

    def shown(self) -> tuple[str, str, str, str]:
        """Name, value, goal, verdict."""
        if not self.of:
            return self.name, "-", "100.00 %", "not run"
        verdict = "held" if self.held else "missed"
        return self.name, f"{100 * self.good / self.of:.2f}", f"100.00 % of {self.of}", verdict


NOT_RUN = (Share("buggy-red"), Share("canonical-green"))


def goals(judged: Sequence[Judged]) -> list[Share]:
    """What a gate is for: every fault is kept out, and nothing else."""
    red = [bool(one.red_by) for one in judged if one.program.kind == "buggy"]
    green = [not one.red_by for one in judged if one.program.kind == "canonical"]
    return [Share("buggy-red", sum(red), len(red)), Share("canonical-green", sum(green), len(green))]


def verdicts(shares: Sequence[Share]) -> str:
    """One line a goal."""
    return table(("goal", "value", "at least", "verdict"), [share.shown() for share in shares])


def colours(judged: Sequence[Judged]) -> str:
    """How many are green and red, and by which checks; a program may be red by several."""
    checks = [result.check for result in judged[0].report.results]
    rows = [_row(kind, checks, [one for one in judged if one.program.kind == kind]) for kind in get_args(Kind)]
    return table(("programs", "all", "green", "red", *(f"by {name}" for name in checks), "s each"), rows)


def _row(kind: str, checks: Sequence[str], own: Sequence[Judged]) -> list[str | int]:
    red = sum(bool(one.red_by) for one in own)
    by = [sum(name in one.red_by for one in own) for name in checks]
    return [kind, len(own), len(own) - red, red, *by, f"{sum(one.seconds for one in own) / len(own):.1f}"]


def surprises(judged: Sequence[Judged]) -> Iterator[str]:
    """What was found where nothing should be: in a right program, or in tests alone, which is not counted.

    Then the faulty programs that are green, and those that their tests are not red on.
    """
    for one in sorted(judged, key=lambda one: one.report.version):
        name, right = one.report.version, one.program.kind == "canonical"
        if right:
            yield from (f"{name}, its tests alone (not counted): {_said(found)}" for found in one.given)
        elif not one.red_by:
            yield f"{name}: green; {len(one.report.tests)} tests passed"
        if right or "tests" not in one.red_by:
            yield from (f"{name}: {_said(found)}" for found in one.blocking)


def _said(found: Finding) -> str:
    return " ".join(part for part in (f"[{found.check}]", found.rule, found.place, found.message[:200]) if part)
