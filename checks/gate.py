from __future__ import annotations

from ..config.pack import Pack
from .base import Check
from .conventions import Conventions
from .lint import Lint
from .placeholders import Placeholders
from .syntax import Syntax
from .tests import Tests

CHECKS: tuple[Check, ...] = (Syntax(), Lint(), Placeholders(), Tests())
"""The checks that every version goes through."""


def gate(pack: Pack | None = None) -> tuple[Check, ...]:
    """What a version has to go through that follows `pack`; None: it follows none."""
    return CHECKS if pack is None else (*CHECKS, Conventions(pack))
