"""The four roles, the loop they share, and their prompts."""

from .architect import design, interpret, rule
from .base import AgentError, Attempt, Desk, Disputed, Emit, End, Made, Part, Proving, Tried, View, Work
from .coder import code, solo
from .conventions import conventions, template_of
from .equipment import Equipment, check_tools, tools_of
from .fixer import fix
from .prompts import check_prompts, pinned
from .tester import write_tests

__all__ = [
    "AgentError", "Attempt", "Desk", "Disputed", "Emit", "End", "Equipment", "Made", "Part", "Proving", "Tried", "View",
    "Work", "check_prompts", "check_tools", "code", "conventions", "design", "fix", "interpret", "pinned", "rule",
    "solo", "template_of", "tools_of", "write_tests",
]  # fmt: skip
