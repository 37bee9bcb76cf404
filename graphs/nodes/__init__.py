"""The bodies of the graph's nodes, a file a concern: each does one stage and returns a partial update."""

from .checks import baseline, check, fix
from .ends import deliver, give_up
from .understanding import design, interpret
from .writing import code, integrate, write_tests

__all__ = ["baseline", "check", "code", "deliver", "design", "fix", "give_up", "integrate", "interpret", "write_tests"]
