"""Tasks and suites: proven, furnished with bugs, and taken from elsewhere."""

from .bugs import Furnished, make_bugs
from .checking import Proof, SuiteProven, TaskProven, check_suite, chosen, prove

__all__ = ["Furnished", "Proof", "SuiteProven", "TaskProven", "check_suite", "chosen", "make_bugs", "prove"]
