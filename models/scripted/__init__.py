"""A player that plays the roles from a script: a model endpoint without a model or a key."""

from __future__ import annotations

from .matching import choose
from .playing import ScriptedPlayer, serving
from .script import Reply, Rule, Script, ScriptError, When, demo_names, load_script, project_of, read_script

__all__ = [
    "Reply", "Rule", "Script", "ScriptError", "ScriptedPlayer", "When", "choose", "demo_names", "load_script",
    "project_of", "read_script", "serving",
]  # fmt: skip
