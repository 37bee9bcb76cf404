from __future__ import annotations

from ...config.task import Bug
from .options import Options


def chance(bug: Bug, options: Options) -> float:
    """How often `bug` is repaired by a developer who knows all about it."""
    return options.crash if bug.effect == "crash" else options.wrong
