"""The four roles, the loop they share, and their prompts."""

from .architect import design, interpret, rule
from .base import AgentError, Attempt, Desk, Disputed, Emit, End, Made, Tried, View, Work
from .coder import code, solo
from .conventions import conventions
from .fixer import fix
from .prompts import check_prompts
from .tester import write_tests

__all__ = [
    "AgentError", "Attempt", "Desk", "Disputed", "Emit", "End", "Made", "Tried", "View", "Work", "check_prompts",
    "code", "conventions", "design", "fix", "interpret", "rule", "solo", "write_tests",
]  # fmt: skip
