from __future__ import annotations

from collections.abc import Sequence

from ..state.records import Brief, Component, Plan
from ..tools import Toolbox
from .base import Desk, Work
from .loop import work
from .prompts import render


async def code(
    desk: Desk,
    toolbox: Toolbox,
    brief: Brief,
    plan: Plan,
    component: Component,
    files: Sequence[str],
    findings: Sequence[str] = (),
) -> Work:
    """Write one component; `findings` say what was wrong with it when it was written before.

    `files` are the paths that exist already.
    """
    task = render(
        "coder", desk.prompt, "component", brief=brief, plan=plan, component=component, files=files, findings=findings
    )
    return await work(desk, render("coder", desk.prompt, "system"), task, toolbox)


async def solo(desk: Desk, toolbox: Toolbox, brief: Brief, plan: Plan, files: Sequence[str]) -> Work:
    """Make a small change alone: the code and its tests."""
    task = render("coder", desk.prompt, "solo", brief=brief, plan=plan, files=files)
    return await work(desk, render("coder", desk.prompt, "system"), task, toolbox)
