from __future__ import annotations

from ..state.records import Brief, Plan
from ..tools import Toolbox
from .base import Attempt, Desk, Work
from .loop import work
from .prompts import render


async def fix(desk: Desk, toolbox: Toolbox, brief: Brief, plan: Plan, attempt: Attempt) -> Work:
    """Repair what the checks found."""
    task = render(
        "fixer", desk.prompt, "findings", brief=brief, plan=plan, sources=attempt.sources, findings=attempt.findings,
        tried=attempt.tried, anew=attempt.anew,
    )  # fmt: skip
    return await work(desk, render("fixer", desk.prompt, "system"), task, toolbox)
