"""Measuring: tasks with hidden checks, line-ups compared on them, and what may be said of the difference."""

from .tasks import check_suite

__all__ = ["check_suite"]
