"""What a project must not do, whatever it is for: each a tool of others with settings of ours."""

from .advisories import AdvisoriesUnreadable, read_advisories
from .audit import DependencyAudit
from .bandit import Bandit
from .secrets import Secrets
from .semgrep import Semgrep, read_rules, rules_of

__all__ = [
    "AdvisoriesUnreadable", "Bandit", "DependencyAudit", "Secrets", "Semgrep", "read_advisories", "read_rules",
    "rules_of",
]  # fmt: skip
