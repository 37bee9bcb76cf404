from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state.records import Brief, Finding, Plan
from ..tools import Toolbox, describe_finding
from .base import Desk, Work
from .loop import work
from .prompts import render


async def fix(
    desk: Desk,
    toolbox: Toolbox,
    brief: Brief,
    plan: Plan,
    findings: Sequence[Finding],
    sources: Mapping[str, str],
) -> Work:
    """Repair what the checks found. `sources` holds the text of the files that the findings name."""
    task = render(
        "fixer", desk.prompt, "findings", brief=brief, plan=plan, sources=sources,
        findings=[describe_finding(finding) for finding in findings],
    )  # fmt: skip
    return await work(desk, render("fixer", desk.prompt, "system"), task, toolbox)
