"""From cells to one table, to what Slipway loses, and to a verdict."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from saving.judging import Goal, table

from slipway.config.task import FAMILIES
from slipway.experiments.reporting.figures import maybe, money, percent, points, times, told
from slipway.experiments.statistics import Estimate, Paired, holm, paired, rate, ratio

from .base import MINI, PEERS, SLIPWAY, Cell
from .paths import critical_path


@dataclass(frozen=True)
class Tier:
    """What a provider takes, in USD per million tokens."""

    name: str
    fresh: float
    cached: float
    output: float


TIERS = (
    Tier("small", 0.25, 0.025, 2.0),
    Tier("middle", 1.25, 0.125, 10.0),
    Tier("large", 5.0, 0.5, 25.0),
)
"""Of the order of the small, the middle and the large model of a hosted family: input that no cache has, input from the
provider's cache at a tenth, output at five to eight times. What a success costs at each of them is a matter of tokens
alone: the simulated developer is the same."""

MOST_TOKENS = 0.7
"""Input tokens of Slipway for one of mini-swe-agent, at most."""

_HEADS = (
    "", "cells", "success", "calls", "in", "cached", "out", *(f"$ {tier.name}" for tier in TIERS), "rounds", "wasted",
    "path s", "stopped", "missing",
)  # fmt: skip

Cells = Sequence[Cell]


def cost(cell: Cell, tier: Tier) -> float:
    """USD."""
    calls = cell.calls
    fresh = sum(call.prompt - call.cached for call in calls) * tier.fresh
    return (fresh + _sum(calls, "cached") * tier.cached + _sum(calls, "completion") * tier.output) / 1e6


@dataclass(frozen=True)
class Row:
    """One system in one group of cells; numbers are means per cell, but for money, which is per success."""

    group: str
    system: str
    cells: int
    success: Estimate
    calls: float
    tokens_in: float
    cached: float
    tokens_out: float
    costs: tuple[Estimate, ...]
    """By `TIERS`; unknown without any success."""
    rounds: float
    """Of cells that succeeded: new reports of something failing that the developer was shown."""
    wasted: float
    path: float
    """Simulated seconds."""
    stopped: Mapping[str, int]
    """By how requests ended."""
    missing: Mapping[str, int]
    """By the kind of fact that was not in the prompt: turns that lacked one."""

    def shown(self) -> tuple[str, ...]:
        """A line of the table."""
        costs = (told(each, money) for each in self.costs)
        counts = (f"{value:,.0f}" for value in (self.tokens_in, self.cached, self.tokens_out))
        return (
            f"{self.group}: {self.system}", str(self.cells), told(self.success, percent), f"{self.calls:.1f}", *counts,
            *costs, maybe(self.rounds, "{:.2f}".format), f"{self.wasted:.2f}", f"{self.path:.0f}",
            _counted(self.stopped), _counted(self.missing),
        )  # fmt: skip


def row(group: str, system: str, cells: Cells) -> Row:
    """What `cells`, at least one, all of `system`, come to."""
    count = len(cells)
    calls = [call for cell in cells for call in cell.calls]
    green = [sum(call.red for call in cell.calls) for cell in cells if cell.succeeded]
    return Row(
        group=group,
        system=system,
        cells=count,
        success=rate(_successes(cells)),
        calls=len(calls) / count,
        tokens_in=_sum(calls, "prompt") / count,
        cached=_sum(calls, "cached") / count,
        tokens_out=_sum(calls, "completion") / count,
        costs=tuple(_per_success(cells, tier) for tier in TIERS),
        rounds=sum(green) / len(green) if green else math.nan,
        wasted=_sum(calls, "wasted") / count,
        path=sum(critical_path(cell.calls) for cell in cells) / count,
        stopped=Counter(leg.stopped for cell in cells for leg in cell.legs),
        missing=Counter(kind for call in calls for kind in call.missing),
    )


def rows(cells: Cells) -> list[Row]:
    """Of all cells, of each half and of each family: the systems below each other."""
    return [
        row(group, system, found)
        for group, chosen in _groups(cells)
        for system in dict.fromkeys(cell.system for cell in cells)
        if (found := [cell for cell in chosen if cell.system == system])
    ]


def _groups(cells: Cells) -> Iterator[tuple[str, Cells]]:
    yield "all", cells
    for half in ("seen", "unseen"):
        yield half, [cell for cell in cells if cell.half == half]
    for family in FAMILIES:
        yield family, [cell for cell in cells if cell.family == family]


def shown(found: Sequence[Row]) -> str:
    """The table."""
    return table(_HEADS, [each.shown() for each in found])


# --- Slipway and each peer -------------------------------------------------------------------------------------------


def lost(found: Sequence[Row]) -> list[str]:
    """Every number in which a peer is better than Slipway, a line each."""
    ours = {each.group: each for each in found if each.system == SLIPWAY}
    return [
        f"{each.group}: {name}: {mine:,.4g}, and {each.system} {theirs:,.4g}"
        for each in found
        if each.system != SLIPWAY and each.group in ours
        for (name, mine), (_, theirs) in zip(_worse(ours[each.group]), _worse(each), strict=True)
        if mine > theirs or (math.isnan(mine) and not math.isnan(theirs))
    ]


def _worse(each: Row) -> list[tuple[str, float]]:
    """What is the worse the larger it is."""
    costs = [(f"USD a success, {tier.name}", found.value) for tier, found in zip(TIERS, each.costs, strict=True)]
    return [
        ("share of failures", 1 - each.success.value), ("calls", each.calls), ("tokens in", each.tokens_in),
        ("tokens out", each.tokens_out), *costs, ("rounds", each.rounds), ("wasted steps", each.wasted),
        ("critical path, s", each.path),
    ]  # fmt: skip


def compared(cells: Cells) -> list[str]:
    """Slipway less each peer on the same cells, a line each; p-values count among each other."""
    found = {peer: _paired(cells, peer) for peer in PEERS if _has(cells, SLIPWAY, peer)}
    adjusted = holm([each.p for each in found.values()]) if found else []
    return [
        f"success, slipway less {peer}: {told(each.difference, points)} points; cells that one alone solved: "
        f"{each.first_only} and {each.second_only}, p = {p:.3g} (Holm)"
        + (f"; only {each.difference.tasks} tasks: do not rely on the interval" if each.difference.few else "")
        for (peer, each), p in zip(found.items(), adjusted, strict=True)
    ] + [f"input tokens, slipway / {peer}: {told(tokens(cells, peer), times)}" for peer in found]


def tokens(cells: Cells, peer: str) -> Estimate:
    """Input tokens of Slipway for one of `peer`, on the same cells."""
    ours, theirs = ([_total(task, "prompt") for task in _by_task(_of(cells, name))] for name in (SLIPWAY, peer))
    return ratio(ours, theirs)


def goals(cells: Cells, calls: int) -> list[Goal]:
    """What is to be held; a goal about a system that did not run is not among them."""
    ours = [leg for cell in _of(cells, SLIPWAY) for leg in cell.legs]
    if not ours:
        return []
    found = [
        Goal(f"success-{peer}", 0.0 - _paired(cells, peer).difference.value, 0.0, "less than its share")
        for peer in PEERS
        if _has(cells, SLIPWAY, peer)
    ]
    found += [
        Goal("no-outcome", sum(not leg.has_outcome for leg in ours), 0, "requests"),
        Goal("past-bound", sum(len(leg.calls) > calls for leg in ours), 0, f"requests with more than {calls} calls"),
    ]
    if _has(cells, SLIPWAY, MINI):
        found.append(Goal("input-tokens", tokens(cells, MINI).value, MOST_TOKENS, f"of those of {MINI}"))
    return found


def _paired(cells: Cells, peer: str) -> Paired:
    return paired(_successes(_of(cells, SLIPWAY)), _successes(_of(cells, peer)))


def _has(cells: Cells, *systems: str) -> bool:
    return set(systems) <= {cell.system for cell in cells}


def _of(cells: Cells, system: str) -> list[Cell]:
    return [cell for cell in cells if cell.system == system]


# --- sums ------------------------------------------------------------------------------------------------------------


def _by_task(cells: Cells) -> list[list[Cell]]:
    """The cells of each task, in the order of the seeds, whichever order they come in."""
    tasks = sorted({cell.task for cell in cells})
    return [sorted((cell for cell in cells if cell.task == task), key=lambda cell: cell.seed) for task in tasks]


def _successes(cells: Cells) -> list[list[bool]]:
    return [[cell.succeeded for cell in task] for task in _by_task(cells)]


def _per_success(cells: Cells, tier: Tier) -> Estimate:
    tasks = _by_task(cells)
    return ratio([sum(cost(cell, tier) for cell in task) for task in tasks], [sum(task) for task in _successes(cells)])


def _total(cells: Cells, what: str) -> float:
    return sum(_sum(cell.calls, what) for cell in cells)


def _sum(calls: Sequence[object], what: str) -> float:
    return sum(getattr(call, what) for call in calls)


# --- words -----------------------------------------------------------------------------------------------------------


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda each: -each[1])) or "-"
