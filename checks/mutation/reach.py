from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..sessions import Executed, Ran
from .base import Fault


@dataclass(frozen=True)
class Reach:
    """What a run without faults showed: which tests pass, how long each takes, and what each executes."""

    seconds: Mapping[str, float]
    """Of each test that passed."""
    executed: Mapping[str, Executed]

    @classmethod
    def of(cls, ran: Ran) -> Reach:
        """Read it from a traced session."""
        executed = {line.id: line for line in ran.lines if isinstance(line, Executed) and line.id}
        return cls(ran.passed(), executed)

    def tests(self, fault: Fault) -> list[str]:
        """The tests that could notice `fault`, quick ones first; those that start programs may reach any line."""
        return sorted(filter(lambda test: self._reaches(test, fault), self.seconds), key=lambda t: (self.seconds[t], t))

    def executes(self, fault: Fault) -> bool:
        """Whether a test runs its line, or starts a program that may; what is run by an import is nobody's."""
        return not fault.runs_on_import and bool(self.tests(fault))

    def _reaches(self, test: str, fault: Fault) -> bool:
        known = self.executed.get(test)
        if known is None or known.programs or fault.runs_on_import:
            return True
        return not set(fault.lines).isdisjoint(known.files.get(fault.file, ()))
