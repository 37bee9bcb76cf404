"""Two tests of ours that run with the project's: one must fail, one must pass; else nothing is believed."""

from __future__ import annotations

import posixpath
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from ..state.records import Finding
from .findings import finding
from .sessions import Phase, Ran

_MOST = 20
"""Folders that get canaries."""
_NOT_SET_UP = [("setup", "failed"), ("teardown", "passed")]


@dataclass(frozen=True)
class Canary:
    """A file of two tests, beside tests of the project."""

    file: str
    failing: str
    passing: str
    secret: str
    """What the failure says."""

    @property
    def text(self) -> str:
        """The file."""
        fails = f"def {self.failing}():\n    assert {self.failing}.__name__ == {self.secret!r}\n"
        return f"{fails}\n\ndef {self.passing}():\n    assert {self.passing}.__name__ != {self.secret!r}\n"

    def wrong(self, ran: Ran) -> str | None:
        """What is not as it must be in the report of `ran`; None where all is."""
        failed, passed = self._phases(ran, self.failing), self._phases(ran, self.passing)
        ends = [[(phase.when, phase.outcome) for phase in phases] for phases in (failed, passed)]
        if ends == [_NOT_SET_UP, _NOT_SET_UP]:
            return None  # by a fixture that every test of the folder gets: it says nothing, for or against
        if ends[0] != [("setup", "passed"), ("call", "failed"), ("teardown", "passed")]:
            return "a test that must fail is not reported as failed"
        if self.secret not in failed[1].detail:
            return "a test that must fail is reported with another failure"
        if ends[1] != [("setup", "passed"), ("call", "passed"), ("teardown", "passed")]:
            return "a test that must pass is not reported as passed"
        return None

    def _phases(self, ran: Ran, test: str) -> list[Phase]:
        return [phase for phase in ran.phases if phase.id == f"{self.file}::{test}"]


def planted(folders: Collection[str]) -> list[Canary]:
    """A canary for each of `folders`; nobody can know the names before."""
    return [_canary(folder) for folder in sorted(folders)[:_MOST]]


def doubted(check: str, why: str) -> Finding:
    """The finding that nothing which was reported is believed."""
    return finding(check, f"the report of the tests is not believed: {why}", rule="forged")


def _canary(folder: str) -> Canary:
    module, failing, passing, secret = (secrets.token_hex(8) for _ in range(4))
    return Canary(posixpath.join(folder, f"test_{module}.py"), f"test_{failing}", f"test_{passing}", secret)
