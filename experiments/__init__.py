"""Measuring: tasks with hidden checks, line-ups compared on them, and what may be said of the difference."""
