"""Tasks and suites: proven, furnished with bugs, and taken from elsewhere."""

from .checking import Proof, SuiteProven, TaskProven, check_suite, chosen, prove

__all__ = ["Proof", "SuiteProven", "TaskProven", "check_suite", "chosen", "prove"]
