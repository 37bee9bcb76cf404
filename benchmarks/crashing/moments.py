"""When to kill: a write of the run, found by what it is, and the side of it on which the kill comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .commands import Command

Phase = Literal["before", "after", "later"]


@dataclass(frozen=True)
class Moment:
    """A moment of a run.

    `before`: the write has not reached the server. `after`: the server did it, the run was not told. `later`: the run
    was told, `delay` seconds ago.
    """

    group: str
    """The kind of moment, for the table."""
    phase: Phase
    kind: str
    """The kind of write; empty for any."""
    label: str = ""
    """Its label; empty for any."""
    occurrence: int = 1
    """Which of those that match, from 1."""
    delay: float = 0.0

    def names(self, command: Command) -> bool:
        """Whether `command` is one of those that are counted."""
        return (not self.kind or command.kind == self.kind) and (not self.label or command.label == self.label)

    def __str__(self) -> str:
        what = f"{self.kind or 'write'} {self.label}".strip()
        number = f" #{self.occurrence}" if self.occurrence > 1 else ""
        return f"{self.delay:.2f} s after {what}{number}" if self.phase == "later" else f"{self.phase} {what}{number}"
