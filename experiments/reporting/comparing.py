"""Line-ups against one of them, on the cells that both have."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from ...config.task import Family
from ..base import Result
from ..statistics import Estimate, holm, paired, paired_amounts, ratio, smallest_effect
from ..statistics.base import unknown
from .base import Comparison
from .cells import place, seconds, tokens, usd

_T = TypeVar("_T")

Pairs = Sequence[Sequence[tuple[Result, Result]]]
"""By task, the line-up's cell and the baseline's."""


def compared(
    done: Sequence[Result], lineups: Sequence[str], baseline: str | None, families: Sequence[Family]
) -> tuple[Comparison, ...]:
    """Each line-up but the baseline with that, in all and by family; `done` holds no cell with an error."""
    others = [name for name in lineups if name != baseline]
    if baseline is None:
        return ()
    wholes = [_compared(done, name, baseline, None) for name in others]
    corrected = holm([each.success.p for each in wholes])
    made = list[Comparison]()
    for whole, p in zip(wholes, corrected, strict=True):
        made.append(replace(whole, p=p))
        made += [_compared(done, whole.lineup, baseline, family) for family in families]
    return tuple(made)


def _compared(done: Sequence[Result], lineup: str, baseline: str, family: Family | None) -> Comparison:
    own, other = _placed(done, lineup, family), _placed(done, baseline, family)
    tasks: dict[str, list[tuple[Result, Result]]] = {}
    for key in (key for key in own if key in other):
        tasks.setdefault(own[key].cell.task, []).append((own[key], other[key]))
    pairs = list(tasks.values())
    cells = sum(map(len, pairs))
    return Comparison(
        lineup=lineup,
        baseline=baseline,
        family=family,
        tasks=len(pairs),
        cells=cells,
        left_out=len(own) + len(other) - 2 * cells,
        success=paired(*_both(pairs, lambda result: bool(result.succeeded))),
        p=None,
        usd=_more(pairs, usd),
        tokens=_more(pairs, tokens),
        seconds=_more(pairs, seconds),
        times_usd=_times(pairs, usd),
        times_tokens=_times(pairs, tokens),
        smallest=smallest_effect(len(pairs), max(1, round(cells / len(pairs))) if pairs else 1),
    )


def _placed(done: Sequence[Result], lineup: str, family: Family | None) -> dict[Hashable, Result]:
    return {place(r.cell): r for r in done if r.cell.lineup == lineup and family in (None, r.cell.family)}


def _both(pairs: Pairs, of: Callable[[Result], _T]) -> tuple[list[list[_T]], list[list[_T]]]:
    return [[of(a) for a, _ in task] for task in pairs], [[of(b) for _, b in task] for task in pairs]


def _more(pairs: Pairs, amount: Callable[[Result], float | None]) -> Estimate:
    mine, theirs = _both(pairs, amount)
    amounts = _known(mine), _known(theirs)
    return paired_amounts(*amounts) if amounts == (mine, theirs) else unknown(len(pairs))


def _times(pairs: Pairs, amount: Callable[[Result], float | None]) -> Estimate:
    mine, theirs = _both(pairs, amount)
    amounts = _known(mine), _known(theirs)
    if amounts != (mine, theirs):
        return unknown(len(pairs))
    return ratio(*([sum(task) for task in side] for side in amounts))


def _known(amounts: Sequence[Sequence[float | None]]) -> list[list[float]]:
    return [[value for value in task if value is not None] for task in amounts]
