"""What a project must not do, whatever it is for: each a tool of others with settings of ours."""

from .bandit import Bandit
from .secrets import Secrets
from .semgrep import Semgrep, read_rules, rules_of

__all__ = ["Bandit", "Secrets", "Semgrep", "read_rules", "rules_of"]
