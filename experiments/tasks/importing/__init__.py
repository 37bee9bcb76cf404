"""Suites from what others have: exercises, bug collections, Harbor's tasks, libraries."""

from .base import Draft, Skipped
from .opening import KINDS, import_suite

__all__ = ["KINDS", "Draft", "Skipped", "import_suite"]
