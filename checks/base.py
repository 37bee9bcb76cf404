"""The promise of a check: something deterministic that ran on a project in a sandbox, and what it found.

A check that could not run says `not_run` with the reason; that is never a pass.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from ..sandboxes import Sandbox, Toolset
from ..state.records import CheckResult, Manifest


def python_files(manifest: Manifest) -> list[str]:
    """The Python files of `manifest`, sorted."""
    return sorted(path for path in manifest if path.endswith(".py"))


class NotRun(Exception):
    """Nobody can tell; the message says why, and what to do."""


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

    async def run(self, subject: Subject) -> CheckResult:
        """Check `subject`."""
        ...


class Around:
    """A check around another one, whose name it keeps, and what that reads."""

    def __init__(self, inner: Check) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """The inner check's name."""
        return self.inner.name

    @property
    def blocking(self) -> bool:
        """Whether the inner check blocks."""
        return self.inner.blocking

    @property
    def needs(self) -> Collection[Toolset]:
        """The inner check's."""
        return self.inner.needs

    @property
    def seconds(self) -> float:
        """The inner check's."""
        return self.inner.seconds

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """The inner check's."""
        return self.inner.inputs(manifest)

    async def known(self, manifest: Manifest) -> CheckResult | None:
        """What it says of these files, where that is known without a run."""
        return await self.inner.known(manifest) if isinstance(self.inner, Around) else None
