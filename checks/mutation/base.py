"""Mutation: do the tests notice it when the code is wrong?

A fault is put into a copy of the project, the tests that reach it run, and one of them should fail. Which tests reach
it is known from a run without faults, line by line.
"""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A mutant of one file: bytes `start` to `end` become `after`."""

    file: str
    start: int
    end: int
    operator: str
    function: str
    line: int
    before: str
    after: str
    runs_on_import: bool

    def put_into(self, data: bytes) -> bytes:
        """The file with the fault."""
        return data[: self.start] + self.after.encode() + data[self.end :]

    @property
    def lines(self) -> range:
        """The lines that it replaces."""
        return range(self.line, self.line + self.before.count("\n") + 1)
