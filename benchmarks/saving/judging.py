"""From samples to a verdict: medians with the least and the largest sample, goals, tables."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """The median of samples, and how far they lie apart."""

    median: float
    least: float
    largest: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """At least one sample."""
        return cls(statistics.median(samples), min(samples), max(samples))

    def shown(self, digits: int = 2) -> str:
        """`median [least .. largest]`."""
        return f"{self.median:.{digits}f} [{self.least:.{digits}f} .. {self.largest:.{digits}f}]"


@dataclass(frozen=True)
class Goal:
    """A number that must not be larger than its limit."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def held(self) -> bool:
        """Whether it is not."""
        return self.value <= self.limit

    def shown(self) -> tuple[str, str, str, str]:
        """Name, value, goal, verdict."""
        verdict = "held" if self.held else "missed"
        return self.name, f"{self.value:.2f}", f"<= {self.limit:.2f} {self.unit}", verdict


def difference(early: float, late: float) -> float:
    """How far `late` is from `early`, up or down, in percent of `early`."""
    if early == 0:
        return 0.0 if late == 0 else math.inf
    return 100 * abs(late - early) / early


def windows(times: Sequence[float], width: int) -> list[float]:
    """Seconds of each `width` steps, in order.

    `times` are when a run began, when each of its steps did, and when the run ended.
    """
    starts = times[1:]
    return [starts[at + width] - starts[at] for at in range(0, len(starts) - width, width)]


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Aligned columns, the first to the left and the others to the right."""
    cells = [[*heads], *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = [_line(row, widths) for row in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([first.strip().ljust(widths[0]), *others])
