"""What a repair is shown: the failing tests, the code that they judge, and what was tried already."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..agents import Tried
from ..state.projects.patches import patches
from ..state.records import Finding, Plan
from .holding import held_out
from .resources import Resources
from .state import Round

_SHOWN = 20_000
"""Characters of one file."""
_ALL = 60_000
"""Characters of all files together."""
_PATCH = 4_000
"""Characters of what one repair changed."""


async def sources_for(run: Resources, version: str, plan: Plan, findings: Sequence[Finding]) -> dict[str, str]:
    """The newest text of the files that the findings are about: those they name, then the modules under test."""
    files = await run.projects.files(run.record.project, version)
    held = held_out(plan)
    named = [f.file for f in findings if f.file and f.file not in held]
    owned = [path for component in plan.components for path in component.files]
    texts: dict[str, str] = {}
    left = _ALL
    for path in dict.fromkeys([*named, *owned]):
        if path in files and left > 0:
            texts[path] = files[path][0].decode("utf-8", "replace")[: min(_SHOWN, left)]
            left -= len(texts[path])
    return texts


async def tried(run: Resources, history: Sequence[Round]) -> tuple[Tried, ...]:
    """What each repair so far changed, and what still blocked after it."""
    project, made = run.record.project, []
    for before, after in pairwise(history):
        old, new = [await run.projects.files(project, each["version"]) for each in (before, after)]
        text = b"".join(line for patch in patches(old, new) for line in patch.lines(binary=False))
        left = len(set(after["signatures"]) & set(before["signatures"]))
        made.append(Tried(text.decode("utf-8", "replace")[:_PATCH] or "(it changed nothing)", left))
    return tuple(made)
