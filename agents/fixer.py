from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state.records import Brief, Plan
from ..tools import Toolbox
from .base import Attempt, Desk, Proving, Work
from .loop import work
from .prompts import asked

_PLACES = 6
"""Files that are named of those that a test executed."""
_LINES = 60
"""Characters of the lines that are named of a file."""


async def fix(
    desk: Desk, toolbox: Toolbox, brief: Brief, plan: Plan, attempt: Attempt, proving: Proving | None = None
) -> Work:
    """Repair what the checks found."""
    told = asked(
        desk, "fixer", "findings", brief=brief, plan=plan, sources=attempt.sources, findings=attempt.findings,
        executed=shown(attempt.executed), tried=attempt.tried, anew=attempt.anew,
    )  # fmt: skip
    return await work(desk, *told, toolbox, proving)


def shown(executed: Mapping[str, Sequence[str]]) -> str:
    """What tests executed, a line each, the most telling files first."""
    return "\n".join(f"{test}: {', '.join(_places(places))}" for test, places in executed.items() if places)


def _places(places: Sequence[str]) -> list[str]:
    named = [_place(place) for place in places[:_PLACES]]
    return [*named, f"and {len(places) - _PLACES} more files"] if len(places) > _PLACES else named


def _place(place: str) -> str:
    file, _, lines = place.rpartition(":")
    return place if len(lines) <= _LINES else f"{file}:{lines[:_LINES].rpartition(',')[0]},..."
