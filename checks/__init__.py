"""What "correct" means, as things that run."""

from .base import Check, Subject
from .evidence import criterion_of, evidence
from .imports import Imports
from .lint import Lint
from .runner import run_checks
from .syntax import Syntax
from .tests import Tests
from .traced import Traced

CHECKS: tuple[Check, ...] = (Syntax(), Lint(), Tests())
"""The checks that every version goes through."""

__all__ = [
    "CHECKS", "Check", "Imports", "Lint", "Subject", "Syntax", "Tests", "Traced", "criterion_of", "evidence",
    "run_checks",
]  # fmt: skip
