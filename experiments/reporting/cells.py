"""What is asked of a cell's result again and again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ..base import Cell, Result


def place(cell: Cell) -> Hashable:
    """What the same cell of another line-up has in common with it."""
    return cell.task, cell.task_digest, cell.seed, cell.repeat


def by_task(results: Sequence[Result]) -> list[list[Result]]:
    """The cells of each task."""
    tasks: dict[str, list[Result]] = {}
    for result in results:
        tasks.setdefault(result.cell.task, []).append(result)
    return list(tasks.values())


def delivered(result: Result) -> bool:
    """Whether every request of it was made and delivered."""
    return len(result.steps) == result.requests and all(step.status == "delivered" for step in result.steps)


def usd(result: Result) -> float | None:
    """What its answered calls cost; None where a price is not known."""
    return result.usage.cost_usd


def tokens(result: Result) -> float:
    """In and out."""
    usage = result.usage
    return usage.input_tokens + usage.output_tokens


def input_tokens(result: Result) -> float:
    """In alone, the cached ones included."""
    return result.usage.input_tokens


def seconds(result: Result) -> float:
    """Wall time of its runs."""
    return result.seconds
