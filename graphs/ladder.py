"""The convergence ladder: what is tried next, decided from what was tried and what the checks said of it.

A fault that is still there calls for something else than what did not help: a repair, a repair on another idea of the
cause, a stronger model, the component written anew from the plan. Whoever changes nothing is not asked a fourth time.
Where there is no fixer, who wrote a component is asked for it again; who is alone goes on repairing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from .state import Round, RunContext

IDLE_ROUNDS = 3
"""Repairs in a row without a version that is new, after which nothing more is tried."""

Rung = Literal["fix", "rethink", "escalate", "again", "rewrite"]
Repairing = Literal["fixer", "writer", "alone"]
"""Who repairs: the fixer; without one, who wrote it; who does everything."""

_RUNGS: dict[Repairing, tuple[Rung, ...]] = {
    "fixer": ("fix", "rethink", "escalate", "rewrite"),
    "writer": ("again", "again", "rewrite"),
    "alone": ("fix", "rethink", "rethink"),
}


_REPAIRS = frozenset[str](rung for rungs in _RUNGS.values() for rung in rungs)


def next_for(history: Sequence[Round], context: RunContext) -> Rung | Literal["give_up"]:
    """What to try next in a run of `context`."""
    by: Repairing = "alone" if context.history == "full" else "writer" if "fixer" in context.off else "fixer"
    return next_move(history, limit=context.fix_rounds, stronger=context.stronger, by=by)


def next_move(
    history: Sequence[Round], *, limit: int, stronger: bool, by: Repairing = "fixer"
) -> Rung | Literal["give_up"]:
    """What to try on the faults of the last round, which is red.

    `limit` bounds the repairs of a run; `stronger` says whether there is a stronger model to turn to.
    """
    if repairs(history) >= limit or idle(history) >= IDLE_ROUNDS:
        return "give_up"
    rungs: list[Rung] = [rung for rung in _RUNGS[by] if stronger or rung != "escalate"]
    rung = max(_seen(history), _dead_ends(history)) - 1
    return rungs[rung] if rung < len(rungs) else "give_up"


def repairs(history: Iterable[Round]) -> int:
    """How many repairs were tried."""
    return sum(each["move"] in _REPAIRS for each in history)


def idle(history: Sequence[Round]) -> int:
    """How many rounds at the end led to no version that had not been there before."""
    count = 0
    for number in range(len(history) - 1, 0, -1):
        if history[number]["version"] not in {each["version"] for each in history[:number]}:
            break
        count += 1
    return count


def best(history: Sequence[Round]) -> Round:
    """The round on whose version the most tests passed, then the fewest faults were found; of equal ones the newest."""
    return max(history, key=lambda each: (_score(each), history.index(each)))


def known(history: Iterable[Round], version: str) -> Round | None:
    """The round in which `version` was judged before; None where it never was."""
    return next((each for each in history if each["version"] == version), None)


def _score(each: Round) -> tuple[int, int]:
    # A version that does not parse has one fault, and still is the worst of all.
    return each["passed"], -len(each["signatures"])


def _seen(history: Sequence[Round]) -> int:
    """In how many rounds since the last progress the most stubborn of the last round's faults was there."""
    best_so_far, since = _score(history[0]), 0
    for number, each in enumerate(history):
        if _score(each) > best_so_far:
            best_so_far, since = _score(each), number
    return max((_count(history[since:], name) for name in history[-1]["signatures"]), default=1)


def _count(history: Sequence[Round], signature: str) -> int:
    return sum(signature in each["signatures"] for each in history)


def _dead_ends(history: Sequence[Round]) -> int:
    """One rung more for each round at the end that led nowhere: the same step on the same version is not run twice."""
    return idle(history) + 1
