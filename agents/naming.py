from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.text import visible

_ABOUT = ("path", "pattern", "command")
"""The arguments that say what a call is about."""
_WIDTH = 80


def named(tool: str, arguments: Mapping[str, Any]) -> str:
    """A call in a few words on one line: `read_file a.py`, `run pytest -q`."""
    about = next((str(arguments[name]) for name in _ABOUT if arguments.get(name)), "")
    return " ".join([tool, *visible(about).split()])[:_WIDTH]
