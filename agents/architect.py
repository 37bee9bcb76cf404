from __future__ import annotations

from collections.abc import Sequence

from ..state.records import Brief, Plan
from .base import Desk, Made
from .prompts import render
from .structured import make, schema


async def interpret(desk: Desk, request: str, files: Sequence[str]) -> Made[Brief]:
    """Turn the request into a brief. `files` are the paths of the project as it stands."""
    task = render("architect", desk.prompt, "brief", request=request, files=files, schema=schema(Brief))
    return await make(desk, _system(desk), task, Brief)


async def design(desk: Desk, brief: Brief, files: Sequence[str]) -> Made[Plan]:
    """Turn the brief into a plan."""
    task = render("architect", desk.prompt, "plan", brief=brief, files=files, schema=schema(Plan))
    return await make(desk, _system(desk), task, Plan)


def _system(desk: Desk) -> str:
    return render("architect", desk.prompt, "system")
