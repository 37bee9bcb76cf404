"""The promise of a check: something deterministic that ran on a project in a sandbox, and what it found.

A check that could not run raises NotRun with the reason; that is never a pass.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..sandboxes import Sandbox, Toolset
from ..state.records import Finding, Manifest, Picture, TestResult


def python_files(manifest: Manifest) -> list[str]:
    """The Python files of `manifest`, sorted."""
    return sorted(path for path in manifest if path.endswith(".py"))


@dataclass(frozen=True)
class Found:
    """What a check found of a project that it ran on. An error among the findings fails it; the others are told."""

    findings: Sequence[Finding] = ()
    tests: Sequence[TestResult] = ()
    pictures: Sequence[Picture] = ()


class NotRun(Exception):
    """Nobody can tell; the message says why, and what to do. `tests` have been tried nevertheless."""

    def __init__(self, reason: str, tests: Sequence[TestResult] = ()) -> None:
        super().__init__(reason)
        self.tests = tests


class NotApplicable(Exception):
    """Looked at closely, the project has nothing that the check is about; the message says what is not there."""


@dataclass(frozen=True)
class Subject:
    """What is checked: a sandbox that holds the project's files, and their manifest."""

    sandbox: Sandbox
    manifest: Manifest

    def python_files(self) -> list[str]:
        """The project's Python files, sorted."""
        return python_files(self.manifest)


class Check(Protocol):
    """One check. It may change the sandbox: it gets a fork of its own."""

    @property
    def name(self) -> str:
        """How it is called in reports and signatures."""
        ...

    @property
    def blocking(self) -> bool:
        """Whether its findings keep a version from being delivered."""
        ...

    @property
    def needs(self) -> Collection[Toolset]:
        """The tools that have to be in the sandbox."""
        ...

    @property
    def seconds(self) -> float:
        """What it may take; whatever took longer did not run."""
        ...

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """The files of `manifest` that its result follows from; empty where there is nothing that it is about."""
        ...

    async def run(self, subject: Subject) -> Found:
        """Check `subject`. Raises NotRun and NotApplicable."""
        ...
