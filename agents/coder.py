from __future__ import annotations

from collections.abc import Sequence

from ..state.records import Brief, Component, Plan
from ..tools import Toolbox
from .base import Desk, Proving, View, Work
from .loop import work
from .prompts import asked


async def code(
    desk: Desk,
    toolbox: Toolbox,
    brief: Brief,
    plan: Plan,
    component: Component,
    view: View,
    findings: Sequence[str] = (),
    proving: Proving | None = None,
) -> Work:
    """Write one component; `findings` say what was wrong with it when it was written before."""
    told = asked(desk, "coder", "component", brief=brief, plan=plan, component=component, view=view, findings=findings)
    return await work(desk, *told, toolbox, proving)


async def solo(desk: Desk, toolbox: Toolbox, brief: Brief, plan: Plan, view: View) -> Work:
    """Make a small change alone: the code and its tests."""
    return await work(desk, *asked(desk, "coder", "solo", brief=brief, plan=plan, view=view), toolbox)
