"""What an experiment will take and can show, said before anything is spent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..state.text import counted
from .base import Result
from .spec import Design


def announced(design: Design, results: Mapping[str, Result]) -> str:
    """Lines for a person: how much there is to do, what it may cost, and how small a difference it can see."""
    experiment, spec = design.experiment, design.spec
    known = [results[cell.key] for cell in experiment.cells if cell.key in results]
    left = [cell for cell in experiment.cells if cell.key not in results or results[cell.key].error]
    tasks = list(dict.fromkeys(cell.task for cell in experiment.cells))
    seeds = len(set(spec.seeds))
    runs = sum(len(design.tasks[cell.task].steps) for cell in left)
    lines = [
        f"experiment {experiment.name}: {counted(len(spec.lineups), 'line-up')} x {counted(len(tasks), 'task')} x "
        f"{counted(seeds, 'seed')} x {counted(spec.repeats, 'repeat')} = {counted(len(experiment.cells), 'cell')}",
        f"to do: {counted(len(left), 'cell')}, {counted(runs, 'run')}{_caps(design)}",
    ]
    if errors := sum(bool(result.error) for result in known):
        lines.append(f"{counted(errors, 'cell')} could not be done before, and will be tried again")
    if gone := len(results.keys() - {cell.key for cell in experiment.cells}):
        lines.append(f"{counted(gone, 'result')} of cells that the spec no longer has: kept, and left out of reports")
    if len(spec.lineups) > 1:
        lines.append(_power(len(tasks), seeds * spec.repeats))
    return "\n".join(lines)


def _caps(design: Design) -> str:
    budget, each = design.spec.budget_usd, design.most_per_run
    said = [f"a run at most {_usd(each)}"] if each is not None else []
    said += [f"all at most {_usd(budget)}, the budget"] if budget is not None else ["there is no budget for all"]
    return f"; {', '.join(said)}"


def _usd(amount: float) -> str:
    """Every digit that was given, and no more."""
    return f"${Decimal(str(amount)).normalize():f}"


def _power(tasks: int, repeats: int) -> str:
    try:
        from .statistics.planning import smallest_effect  # takes scipy, which running an experiment does without
    except ModuleNotFoundError as error:
        return (
            f"how small a difference it can see is not known without {error.name}: pip install 'slipway[experiments]'"
        )
    effect = smallest_effect(tasks, repeats)
    if effect >= 1:
        return f"it can see no difference in success, however large: it has too few tasks ({tasks})"
    return f"the smallest difference in success that it can see: {100 * effect:.0f} points (80 % power, 95 % level)"
