"""The tools of each role, as far as its line-up lets it have them."""

from __future__ import annotations

from typing import Any

from ..config import ConfigurationError, Lineup, Role
from ..tools import CODING, DISPUTE_TEST, Tool

Equipment = tuple[Tool[Any], ...]

_TOOLS: dict[Role, Equipment] = {
    "architect": (), "coder": CODING, "tester": CODING, "fixer": (*CODING, DISPUTE_TEST),
}  # fmt: skip


def tools_of(lineup: Lineup, role: Role) -> Equipment:
    """The tools of `role`. Where there is no architect to rule on it, nobody disputes a test."""
    named = lineup.roles[role].tools
    had = [tool for tool in _TOOLS[role] if tool is not DISPUTE_TEST or "architect" in lineup.roles]
    return tuple(tool for tool in had if named is None or tool.name in named)


def check_tools(lineup: Lineup) -> None:
    """ConfigurationError where a role of `lineup` names tools that it cannot have, or none with which it can write."""
    for role, config in lineup.roles.items():
        if config.tools is None:
            continue
        there = [tool.name for tool in _TOOLS[role]]
        if not there:
            raise ConfigurationError(f"line-up {lineup.name!r}: the {role} works without tools; leave `tools` out")
        if unknown := [name for name in config.tools if name not in there]:
            raise ConfigurationError(
                f"line-up {lineup.name!r}: the {role} has no tool {', '.join(map(repr, unknown))}; "
                f"there are {', '.join(there)}"
            )
        writing = [tool.name for tool in _TOOLS[role] if tool.changes_files]
        if not set(writing) & set(config.tools):
            raise ConfigurationError(
                f"line-up {lineup.name!r}: the {role} can write nothing; give it one of {', '.join(writing)}"
            )
