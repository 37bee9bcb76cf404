"""What is shown of the trials, and the goals that they are held to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from saving.judging import Goal, Spread, table

from .playing import uneven
from .spans import GATE, MODELS, STEPS, TOOLS
from .trial import Trial, paths

_MOST = 1.15
_MOST_TOOLS = 5.0
"""Percent."""
_SEEDS = 1000
_SAID = {
    MODELS: "a model is asked",
    TOOLS: "tools, tests and loading in sandboxes",
    STEPS: "else in a step: opening sandboxes, publishing",
    "rest": "else: opening and closing the run, between steps",
    GATE: "the gate",
}


def compared(rows: Sequence[tuple[str, Sequence[Trial]]]) -> str:
    """The runs beside their critical paths, without the gate and with it."""
    heads = ("turns", "critical path, s", "run, s", "/ path", "with the gate, s", "/ path", "path in waves, s", "/ it")
    return table(heads, [_row(*row) for row in rows])


def _row(name: str, trials: Sequence[Trial]) -> tuple[str, ...]:
    return (
        name,
        f"{_median([each.path for each in trials]):.1f}",
        Spread.of([each.own for each in trials]).shown(),
        Spread.of([each.own / each.path for each in trials]).shown(),
        Spread.of([each.wall for each in trials]).shown(),
        Spread.of([each.wall / each.path for each in trials]).shown(),
        f"{_median([each.waves for each in trials]):.1f}",
        Spread.of([each.own / each.waves for each in trials]).shown(),
    )


def spent(trials: Sequence[Trial]) -> str:
    """Where the time of the runs went, each second counted once."""
    rows = [(said, Spread.of([each.shares[kind] for each in trials]).shown()) for kind, said in _SAID.items()]
    beyond = Spread.of([each.own - each.path for each in trials]).shown()
    return table(("while", "s"), [*rows, ("beyond the critical path, without the gate", beyond)])


def barriers() -> str:
    """What waves cost in turns, over many seeds."""
    found = [waves / path for path, waves in map(paths, map(uneven, range(_SEEDS)))]
    longer = sum(ratio > 1 for ratio in found)
    return (
        f"over {_SEEDS} seeds the critical path in waves is {statistics.mean(found):.2f} times the other, "
        f"{max(found):.2f} at most; the two differ with {longer} seeds"
    )


def goals(trials: Sequence[Trial]) -> list[Goal]:
    """What must hold of the runs with even turns."""
    return [
        Goal("critical-path", _median([each.own / each.path for each in trials]), _MOST, "x"),
        Goal("tools", _median([100 * each.tools / each.own for each in trials]), _MOST_TOOLS, "% of wall time"),
    ]


def _median(samples: Sequence[float]) -> float:
    return Spread.of(samples).median
