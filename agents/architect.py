from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state.records import Brief, Plan, Ruling
from .base import Desk, Made, View
from .prompts import render, system
from .structured import make, schema


async def interpret(desk: Desk, request: str, view: View) -> Made[Brief]:
    """Turn the request into a brief. `view` shows the project as it stands."""
    task = render("architect", desk.prompt, "brief", request=request, view=view, schema=schema(Brief))
    return await make(desk, system("architect", desk), task, Brief)


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
    task = render(
        "architect", desk.prompt, "plan", brief=brief, view=view, schema=schema(Plan), before=before,
        feedback=feedback, packs=packs or {},
    )  # fmt: skip
    return await make(desk, system("architect", desk), task, Plan)


async def rule(desk: Desk, brief: Brief, test: str, source: str, error: str, reason: str) -> Made[Ruling]:
    """Say whether a test contradicts the brief, from its source, its error and what the fixer says against it."""
    task = render(
        "architect", desk.prompt, "ruling", brief=brief, test=test, source=source, error=error, reason=reason,
        schema=schema(Ruling),
    )  # fmt: skip
    return await make(desk, system("architect", desk), task, Ruling)
