"""Slipway turns a request in plain words into working, checked software.

`from slipway import run` gives the entry point; nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .graphs import Checked, cancel, check, fork, pause, replay, resume, resume_sync, run, run_sync, steer, stream
    from .state import Outcome

__version__ = "0.1.0"
__all__ = [
    "Checked", "Outcome", "__version__", "cancel", "check", "fork", "pause", "replay", "resume", "resume_sync", "run",
    "run_sync", "steer", "stream",
]  # fmt: skip

_HOMES = {
    "run": ".graphs",
    "run_sync": ".graphs",
    "resume": ".graphs",
    "resume_sync": ".graphs",
    "stream": ".graphs",
    "check": ".graphs",
    "Checked": ".graphs",
    "cancel": ".graphs",
    "pause": ".graphs",
    "steer": ".graphs",
    "fork": ".graphs",
    "replay": ".graphs",
    "Outcome": ".state",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562), so that `slipway --help` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)
