"""The bodies of the graph's nodes, a file a concern: each does one stage and returns a partial update."""

from .asking import accept, approve, ask
from .checks import baseline, check
from .ends import deliver, give_up
from .mutation import mutate
from .repairing import fix, replan, rule
from .understanding import design, interpret
from .writing import code, integrate, retest, solo, strengthen, write_tests

__all__ = [
    "accept", "approve", "ask", "baseline", "check", "code", "deliver", "design", "fix", "give_up", "integrate",
    "interpret", "mutate", "replan", "retest", "rule", "solo", "strengthen", "write_tests",
]  # fmt: skip
