"""The four roles, the loop they share, and their prompts."""

from .architect import design, interpret
from .base import AgentError, Desk, Emit, End, Made, Work
from .coder import code
from .fixer import fix
from .prompts import check_prompts
from .tester import write_tests

__all__ = [
    "AgentError",
    "Desk",
    "Emit",
    "End",
    "Made",
    "Work",
    "check_prompts",
    "code",
    "design",
    "fix",
    "interpret",
    "write_tests",
]
