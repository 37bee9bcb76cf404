from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state.records import Brief, Plan, Ruling
from .base import Desk, Made, View
from .prompts import asked
from .structured import make, schema


async def interpret(desk: Desk, request: str, view: View) -> Made[Brief]:
    """Turn the request into a brief. `view` shows the project as it stands."""
    told = asked(desk, "architect", "brief", request=request, view=view, schema=schema(Brief))
    return await make(desk, *told, Brief)


async def design(
    desk: Desk,
    brief: Brief,
    view: View,
    before: Plan | None = None,
    feedback: Sequence[str] = (),
    packs: Mapping[str, str] | None = None,
) -> Made[Plan]:
    """Turn the brief into a plan; where there was one `before`, change it as the person's `feedback` says.

    `packs`: those that may be chosen from, with what each is for.
    """
    told = asked(
        desk, "architect", "plan", brief=brief, view=view, schema=schema(Plan), before=before, feedback=feedback,
        packs=packs or {},
    )  # fmt: skip
    return await make(desk, *told, Plan, _names_no_files)


def _names_no_files(plan: Plan) -> str | None:
    return "`open` is no field of a plan; name the files of each component" if plan.open else None


async def rule(desk: Desk, brief: Brief, test: str, source: str, error: str, reason: str) -> Made[Ruling]:
    """Say whether a test contradicts the brief, from its source, its error and what the fixer says against it."""
    told = asked(
        desk, "architect", "ruling", brief=brief, test=test, source=source, error=error, reason=reason,
        schema=schema(Ruling),
    )  # fmt: skip
    return await make(desk, *told, Ruling)
